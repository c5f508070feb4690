//! Which call a line of the plugin belongs to.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use tokio::sync::mpsc::{UnboundedReceiver, UnboundedSender, unbounded_channel};

use crate::log::{Log, LogSource};
use crate::message::{Event, SessionMessage};
use crate::process::log_line;

/// The open calls of one plugin process.
#[derive(Debug, Default)]
pub(crate) struct Sessions {
    listeners: Mutex<HashMap<String, UnboundedSender<SessionMessage>>>,
}

impl Sessions {
    /// Opens a call.
    pub(crate) fn open(self: &Arc<Self>) -> Session {
        let id = uuid::Uuid::new_v4().to_string();
        let (sender, messages) = unbounded_channel();
        self.listeners().insert(id.clone(), sender);
        Session {
            id,
            messages,
            sessions: Arc::clone(self),
        }
    }

    /// Delivers a message to its call, or drops it if the call has ended.
    pub(crate) fn deliver(&self, id: &str, message: SessionMessage) {
        if let Some(listener) = self.listeners().get(id) {
            // The receiver lives as long as the entry.
            let _ = listener.send(message);
        }
    }

    fn listeners(&self) -> MutexGuard<'_, HashMap<String, UnboundedSender<SessionMessage>>> {
        self.listeners
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
    }
}

/// One call. Dropping it does not reach the plugin: the plugin goes on, and its messages are dropped.
///
/// It keeps its listener alive, so a call waits for ever if the process has been killed, as it does in Dify
/// (`instance.go`: nobody closes the listeners).
#[derive(Debug)]
pub(crate) struct Session {
    pub(crate) id: String,
    messages: UnboundedReceiver<SessionMessage>,
    sessions: Arc<Sessions>,
}

impl Session {
    /// The next message; waits for ever if the process is gone.
    pub(crate) async fn next(&mut self) -> SessionMessage {
        match self.messages.recv().await {
            Some(message) => message,
            None => std::future::pending().await,
        }
    }
}

impl Drop for Session {
    fn drop(&mut self) {
        self.sessions.listeners().remove(&self.id);
    }
}

/// Delivers one line of the plugin; true for a heartbeat.
///
/// The SDK ends its messages with an empty line.
pub(crate) fn dispatch(line: &[u8], sessions: &Sessions, log: &Log) -> bool {
    if line.is_empty() {
        return false;
    }
    match Event::parse(line) {
        Ok(Event::Session {
            session_id,
            message,
        }) => sessions.deliver(&session_id, message),
        Ok(Event::Heartbeat) => return true,
        Ok(Event::Other) => {}
        Ok(Event::Error | Event::Log { .. }) | Err(_) => log_line(line, LogSource::Stdout, log),
    }
    false
}
