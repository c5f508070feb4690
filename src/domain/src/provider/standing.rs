//! What a provider last made of the gateway's own credentials.

use std::cell::{Cell, RefCell};

use super::client_authentication::Method;
use crate::error::Refusal;
use crate::limits;
use crate::time::UnixTime;

/// What the provider last said about the client that the settings name.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum ClientStatus {
    /// It took the credentials, so many seconds ago.
    Accepted {
        /// Whole seconds.
        seconds_ago: u64,
    },
    /// Nobody has signed in and no session was renewed since the plugin was started or the settings were saved, and the
    /// provider could not be asked for its opinion alone.
    NotAsked,
    /// It did not object to them. Some providers look at the code first, so that alone is no acceptance.
    NotRefused,
    /// It refused them, in the words that an administrator needs.
    Refused(Refusal),
}

/// The memory of it, for the settings that were used last.
#[derive(Default)]
pub(super) struct Standing {
    last: RefCell<Option<Entry>>,
    /// Under which settings, and when, the provider was last asked for its opinion alone.
    checked: Cell<Option<([u8; 32], UnixTime)>>,
}

struct Entry {
    /// Of the settings: others may have another secret.
    digest: [u8; 32],
    /// The way that was taken.
    method: Option<Method>,
    verdict: Verdict,
}

enum Verdict {
    Accepted(UnixTime),
    NotRefused,
    Refused(Refusal),
}

impl Standing {
    /// `methods` in the order in which they are best tried: the one that was taken last comes first.
    pub(super) fn ordered(&self, digest: [u8; 32], mut methods: Vec<Method>) -> Vec<Method> {
        let entry = self.last.borrow();
        let known = entry.as_ref().filter(|entry| entry.digest == digest);
        if let Some(method) = known.and_then(|entry| entry.method) {
            methods.sort_by_key(|other| *other != method);
        }
        methods
    }

    /// The provider took the credentials.
    pub(super) fn note_accepted(&self, digest: [u8; 32], method: Method, now: UnixTime) {
        self.last.replace(Some(Entry {
            digest,
            method: Some(method),
            verdict: Verdict::Accepted(now),
        }));
    }

    /// The provider did not object to them.
    pub(super) fn note_not_refused(&self, digest: [u8; 32]) {
        self.last.replace(Some(Entry {
            digest,
            method: None,
            verdict: Verdict::NotRefused,
        }));
    }

    /// The provider refused them, in every way that there is to try.
    pub(super) fn note_refused(&self, digest: [u8; 32], refusal: Refusal) {
        self.last.replace(Some(Entry {
            digest,
            method: None,
            verdict: Verdict::Refused(refusal),
        }));
    }

    /// What is known under these settings.
    pub(super) fn status(&self, digest: [u8; 32], now: UnixTime) -> ClientStatus {
        let entry = self.last.borrow();
        match entry.as_ref().filter(|entry| entry.digest == digest) {
            None => ClientStatus::NotAsked,
            Some(Entry {
                verdict: Verdict::Accepted(at),
                ..
            }) => ClientStatus::Accepted {
                seconds_ago: now.since(*at).as_secs(),
            },
            Some(Entry {
                verdict: Verdict::NotRefused,
                ..
            }) => ClientStatus::NotRefused,
            Some(Entry {
                verdict: Verdict::Refused(refusal),
                ..
            }) => ClientStatus::Refused(refusal.clone()),
        }
    }

    /// Whether the provider is to be asked for its opinion now, which is then noted: nothing is known under these
    /// settings, or it refused the client, which an administrator may have mended since.
    pub(super) fn begin_check(&self, digest: [u8; 32], now: UnixTime) -> bool {
        let is_open = matches!(
            self.status(digest, now),
            ClientStatus::NotAsked | ClientStatus::Refused(_)
        );
        let is_recent = |(of, at): ([u8; 32], UnixTime)| {
            of == digest && now.since(at) < limits::CLIENT_CHECK_PAUSE
        };
        let is_due = is_open && !self.checked.get().is_some_and(is_recent);
        if is_due {
            self.checked.set(Some((digest, now)));
        }
        is_due
    }
}
