//! Remote debugging: the plugin runs elsewhere and connects over TCP (`debugging_runtime`).

use std::io;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use futures::StreamExt;
use serde::Deserialize;
use serde_json::Value;
use tokio::io::AsyncWriteExt;
use tokio::net::tcp::{OwnedReadHalf, OwnedWriteHalf};
use tokio::net::{TcpListener, TcpStream};
use tokio::task::JoinSet;
use tokio_util::codec::{AnyDelimiterCodec, FramedRead};
use tokio_util::task::AbortOnDropHandle;

use crate::log::Log;
use crate::sessions::{Session, Sessions, dispatch};

/// From the connection to the handshake (`hooks.go`).
const HANDSHAKE: Duration = Duration::from_secs(10);
/// The longest silence (`lifetime.go`).
const SILENCE: Duration = Duration::from_secs(60);
/// What a plugin's icons may have in all (`runtime_intialization_handlers.go`).
const MAX_ASSETS: usize = 50 * 1024 * 1024;

/// The port for debugging, and the plugin that is connected to it.
#[derive(Debug)]
pub(crate) struct Remote {
    key: String,
    log: Arc<Log>,
    current: Mutex<Option<Arc<Connection>>>,
}

/// Lines have no limit here, other than on stdout.
type Lines = FramedRead<OwnedReadHalf, AnyDelimiterCodec>;

impl Remote {
    /// Listens on a free loopback port; gives the `host:port` and the key that a person copies from Dify's plugin page.
    pub(crate) async fn listen(
        log: Arc<Log>,
    ) -> io::Result<(Arc<Self>, String, AbortOnDropHandle<()>)> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let address = listener.local_addr()?.to_string();
        let key = uuid::Uuid::new_v4().to_string();
        let remote = Arc::new(Self {
            key,
            log,
            current: Mutex::default(),
        });
        let task = tokio::spawn(Arc::clone(&remote).accept(listener));
        Ok((remote, address, AbortOnDropHandle::new(task)))
    }

    pub(crate) fn key(&self) -> &str {
        &self.key
    }

    pub(crate) fn is_connected(&self) -> bool {
        self.current().is_some()
    }

    /// Writes a call to the plugin that is connected now.
    pub(crate) async fn call(&self, line: impl Fn(&str) -> Vec<u8>) -> Result<Session, String> {
        let connection = self
            .current()
            .ok_or("connection not established\nfailed to write request")?;
        let session = connection.sessions.open();
        let mut line = line(&session.id);
        line.push(b'\n');
        let written = connection.writer.lock().await.write_all(&line).await;
        written.map_err(|error| format!("{error}\nfailed to write request"))?;
        Ok(session)
    }

    fn current(&self) -> Option<Arc<Connection>> {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_current(&self, connection: Option<Arc<Connection>>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = connection;
    }

    async fn accept(self: Arc<Self>, listener: TcpListener) {
        let mut connections = JoinSet::new();
        while let Ok((stream, _)) = listener.accept().await {
            connections.spawn(Arc::clone(&self).serve(stream));
        }
    }

    async fn serve(self: Arc<Self>, stream: TcpStream) {
        let (reader, mut writer) = stream.into_split();
        let mut lines = Lines::new(
            reader,
            AnyDelimiterCodec::new(b"\n".to_vec(), b"\n".to_vec()),
        );
        if let Err(refusal) = self.register(&mut lines).await {
            // The plugin may have gone.
            let _ = writer.write_all(format!("{refusal}\n").as_bytes()).await;
            return;
        }
        let connection = Arc::new(Connection {
            writer: tokio::sync::Mutex::new(writer),
            sessions: Arc::default(),
        });
        self.set_current(Some(Arc::clone(&connection)));
        while let Ok(Some(Ok(line))) = tokio::time::timeout(SILENCE, lines.next()).await {
            dispatch(&line, &connection.sessions, &self.log);
        }
        self.set_current(None);
        connection
            .sessions
            .fail_all("ConnectionClosedError", "Connection closed unexpectedly");
    }

    /// Takes the plugin's declarations up to their end; nothing is answered as long as they are right.
    async fn register(&self, lines: &mut Lines) -> Result<(), String> {
        let mut registration = Registration::default();
        loop {
            let limit = if registration.handshake {
                Duration::MAX
            } else {
                HANDSHAKE
            };
            let line = tokio::time::timeout(limit, lines.next())
                .await
                .map_err(|_| "no handshake")?;
            let line = line
                .ok_or("connection closed")?
                .map_err(|error| error.to_string())?;
            if !line.is_empty() && registration.take(&line, &self.key)? {
                return Ok(());
            }
        }
    }
}

#[derive(Debug)]
struct Connection {
    writer: tokio::sync::Mutex<OwnedWriteHalf>,
    sessions: Arc<Sessions>,
}

/// What a plugin has told of itself so far.
#[derive(Default)]
struct Registration {
    handshake: bool,
    manifest: bool,
    endpoints: bool,
    asset_bytes: usize,
}

#[derive(Deserialize)]
struct Message {
    r#type: String,
    data: Value,
}

impl Registration {
    /// Takes one message; true after the last one. The errors are the daemon's.
    fn take(&mut self, line: &[u8], key: &str) -> Result<bool, String> {
        let message: Message = serde_json::from_slice(line)
            .map_err(|_| "handshake failed, invalid handshake message")?;
        match message.r#type.as_str() {
            "handshake" => self.take_handshake(&message.data, key)?,
            "manifest_declaration" if self.manifest => {
                return Err("declaration already registered".into());
            }
            "manifest_declaration" if !message.data.is_object() => {
                return Err("handshake failed, invalid plugin declaration: not an object".into());
            }
            "manifest_declaration" => self.manifest = true,
            "endpoint_declaration" if self.endpoints => {
                return Err("endpoints declaration already registered".into());
            }
            "endpoint_declaration" if !message.data.is_array() => {
                return Err(
                    "endpoints register failed, invalid endpoints declaration: not a list".into(),
                );
            }
            "endpoint_declaration" => self.endpoints = true,
            "asset_chunk" => self.take_asset(&message.data)?,
            "end" if !self.endpoints => {
                return Err("no registration transferred, cannot initialize".into());
            }
            "end" => return Ok(true),
            _ => {}
        }
        Ok(false)
    }

    fn take_handshake(&mut self, data: &Value, key: &str) -> Result<(), String> {
        if self.handshake {
            return Err("handshake already completed".into());
        }
        if data["key"] != key {
            return Err("handshake failed, invalid key".into());
        }
        self.handshake = true;
        Ok(())
    }

    fn take_asset(&mut self, data: &Value) -> Result<(), String> {
        let encoded = data["data"]
            .as_str()
            .ok_or("transfer assets failed, error: no data")?;
        if self.asset_bytes + encoded.len() > MAX_ASSETS {
            return Err("assets too large, at most 50MB".into());
        }
        self.asset_bytes += encoded.len() / 4 * 3;
        Ok(())
    }
}

#[cfg(test)]
mod tests {
    use super::Registration;

    #[test]
    fn registrations_are_taken_or_refused_as_the_daemon_does() {
        let hello = r#"{"type":"handshake","data":{"key":"k"}}"#;
        let manifest = r#"{"type":"manifest_declaration","data":{}}"#;
        let endpoints = r#"{"type":"endpoint_declaration","data":[]}"#;
        let asset =
            r#"{"type":"asset_chunk","data":{"filename":"icon.svg","data":"YQ==","end":true}}"#;
        let end = r#"{"type":"end","data":{}}"#;
        let rows: [(&[&str], Result<bool, &str>); 7] = [
            (&[hello, manifest, endpoints, asset, end], Ok(true)),
            (&[hello, manifest], Ok(false)),
            (&["x"], Err("handshake failed, invalid handshake message")),
            (
                &[r#"{"type":"handshake","data":{"key":"other"}}"#],
                Err("handshake failed, invalid key"),
            ),
            (&[hello, hello], Err("handshake already completed")),
            (
                &[hello, manifest, end],
                Err("no registration transferred, cannot initialize"),
            ),
            (
                &[hello, endpoints, endpoints],
                Err("endpoints declaration already registered"),
            ),
        ];
        for (lines, expected) in rows {
            let mut registration = Registration::default();
            let mut last = Ok(false);
            for line in lines {
                last = last.and_then(|_| registration.take(line.as_bytes(), "k"));
            }
            assert_eq!(last, expected.map_err(str::to_owned), "{lines:?}");
        }
    }
}
