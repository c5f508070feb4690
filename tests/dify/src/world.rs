//! Everything that a stand-in keeps in memory.

use std::collections::HashMap;
use std::sync::atomic::AtomicUsize;
use std::sync::{Mutex, MutexGuard};
use std::time::{Duration, SystemTime, UNIX_EPOCH};

use uuid::Uuid;

use crate::annotations::Annotations;
use crate::conversations::Conversations;
use crate::end_users::EndUsers;
use crate::faults::Faults;
use crate::feedbacks::Feedback;
use crate::files::StoredFile;
use crate::form::{self, Field};
use crate::human_input::HumanForm;
use crate::kind::AppKind;
use crate::lock;
use crate::logs::LogEntry;
use crate::messages::Message;
use crate::options::Options;
use crate::runs::Runs;
use crate::seen::Seen;

/// One stand-in: its apps, what callers made in them, and what a test set.
pub(crate) struct World {
    pub(crate) options: Options,
    /// Scheme, host and port, for the links in responses.
    pub(crate) origin: String,
    pub(crate) tenant: Uuid,
    pub(crate) seen: Seen,
    pub(crate) faults: Faults,
    pub(crate) open_connections: AtomicUsize,
    pub(crate) event_interval: Mutex<Duration>,
    apps: Vec<App>,
    tables: Mutex<Tables>,
}

/// One app.
pub(crate) struct App {
    pub(crate) kind: AppKind,
    pub(crate) id: Uuid,
    pub(crate) workflow_id: Uuid,
    switches: Mutex<Switches>,
}

/// What a test may change in an app.
pub(crate) struct Switches {
    pub(crate) key_revoked: bool,
    pub(crate) api_disabled: bool,
    pub(crate) form: Vec<Field>,
}

/// The rows of all apps.
#[derive(Default)]
pub(crate) struct Tables {
    pub(crate) annotations: Annotations,
    pub(crate) conversations: Conversations,
    pub(crate) end_users: EndUsers,
    pub(crate) feedbacks: Vec<Feedback>,
    pub(crate) files: HashMap<Uuid, StoredFile>,
    pub(crate) forms: HashMap<String, HumanForm>,
    pub(crate) logs: Vec<LogEntry>,
    pub(crate) messages: HashMap<Uuid, Message>,
    pub(crate) runs: Runs,
}

impl World {
    pub(crate) fn new(options: Options, origin: String) -> Self {
        Self {
            event_interval: Mutex::new(options.event_interval),
            options,
            origin,
            tenant: Uuid::new_v4(),
            seen: Seen::default(),
            faults: Faults::default(),
            open_connections: AtomicUsize::new(0),
            apps: AppKind::ALL.into_iter().map(App::new).collect(),
            tables: Mutex::default(),
        }
    }

    pub(crate) fn app(&self, kind: AppKind) -> &App {
        let index = AppKind::ALL
            .iter()
            .position(|&other| other == kind)
            .unwrap_or_default();
        &self.apps[index]
    }

    /// The app whose key this is, revoked or not.
    pub(crate) fn app_of_key(&self, key: &str) -> Option<&App> {
        self.apps.iter().find(|app| app.kind.key() == key)
    }

    pub(crate) fn tables(&self) -> MutexGuard<'_, Tables> {
        lock(&self.tables)
    }
}

impl App {
    fn new(kind: AppKind) -> Self {
        let switches = Switches {
            key_revoked: false,
            api_disabled: false,
            form: form::recorded(kind),
        };
        Self {
            kind,
            id: Uuid::new_v4(),
            workflow_id: Uuid::new_v4(),
            switches: Mutex::new(switches),
        }
    }

    pub(crate) fn switches(&self) -> MutexGuard<'_, Switches> {
        lock(&self.switches)
    }
}

/// Seconds since 1970.
pub(crate) fn now() -> i64 {
    let since = SystemTime::now()
        .duration_since(UNIX_EPOCH)
        .unwrap_or_default();
    i64::try_from(since.as_secs()).unwrap_or(i64::MAX)
}
