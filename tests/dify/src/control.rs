//! What a test can read from a running stand-in and change in it.

use std::sync::Arc;
use std::sync::atomic::Ordering;
use std::time::Duration;

use uuid::Uuid;

use crate::faults::{Fault, Place};
use crate::form::Field;
use crate::kind::AppKind;
use crate::lock;
use crate::seen::SeenRequest;
use crate::world::World;

/// A handle on a running stand-in; clones act on the same one.
#[derive(Clone)]
pub struct Control(pub(crate) Arc<World>);

impl Control {
    /// Every request seen since the start or [`Control::forget_requests`], oldest first.
    pub fn requests(&self) -> Vec<SeenRequest> {
        self.0.seen.all()
    }

    /// Forgets the requests seen.
    pub fn forget_requests(&self) {
        self.0.seen.clear();
    }

    /// Sets a fault on every answer to `path`, which has no `/v1` and may end in `*`. Of several
    /// that fit, the first one set counts.
    pub fn set_fault(&self, path: &str, fault: Fault) {
        let place = Place::Path(path.to_owned());
        self.0.faults.set(place, fault, false);
    }

    /// Sets a fault on the next answer to `path` only.
    pub fn set_fault_once(&self, path: &str, fault: Fault) {
        let place = Place::Path(path.to_owned());
        self.0.faults.set(place, fault, true);
    }

    /// Sets a fault on the next answer to a request whose body contains `part`: of many requests at once, on one.
    pub fn set_fault_of_body(&self, part: &str, fault: Fault) {
        self.0.faults.set(Place::Body(part.to_owned()), fault, true);
    }

    /// Removes the faults of [`Control::set_fault_of_body`] that no request has met.
    pub fn clear_fault_of_body(&self, part: &str) {
        self.0.faults.remove(&Place::Body(part.to_owned()));
    }

    /// Removes all faults.
    pub fn clear_faults(&self) {
        self.0.faults.clear();
    }

    /// Revokes an app's key, or restores it.
    pub fn set_key_revoked(&self, app: AppKind, revoked: bool) {
        self.0.app(app).switches().key_revoked = revoked;
    }

    /// Disables an app's API (403), or enables it.
    pub fn set_api_enabled(&self, app: AppKind, enabled: bool) {
        self.0.app(app).switches().api_disabled = !enabled;
    }

    /// How many connections are open now, idle ones included.
    pub fn open_connections(&self) -> usize {
        self.0.open_connections.load(Ordering::Relaxed)
    }

    /// Changes the pause before each event of runs that start from now on.
    pub fn set_event_interval(&self, interval: Duration) {
        *lock(&self.0.event_interval) = interval;
    }

    /// Declares another input form for an app.
    pub fn set_form(&self, app: AppKind, fields: Vec<Field>) {
        self.0.app(app).switches().form = fields;
    }

    /// SHA-256 of an uploaded file, in lower-case hexadecimal; `None` if there is no such file.
    pub fn file_sha256(&self, id: &str) -> Option<String> {
        let id = Uuid::parse_str(id).ok()?;
        self.0
            .tables()
            .files
            .get(&id)
            .map(|file| crate::seen::sha256(&file.bytes))
    }

    /// How many end users Dify made of one `user` value of an app: more than one after a race of
    /// first requests.
    pub fn end_user_rows(&self, app: AppKind, user: &str) -> usize {
        self.0.tables().end_users.rows(app, user)
    }
}
