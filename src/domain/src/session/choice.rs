//! Which of several cookies counts. A page of another plugin, or another host of the domain, may have planted some, and
//! the browser sends those with the longer path first: the order says nothing.

use super::keys::Keys;
use super::{PageToken, RequestCookies, Session, Slot, Transaction};
use crate::settings::PublicUrl;
use crate::time::UnixTime;

/// The sessions of a request's cookies, those that open.
#[derive(Clone, Debug)]
pub struct Opened(Vec<Session>);

impl Opened {
    /// Whether no cookie opens.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The session that `token` is of. Of several, after a second login of the same person, the latest counts.
    pub fn for_page(&self, token: &PageToken) -> Option<&Session> {
        let fitting = self.0.iter();
        latest(fitting.filter(|session| token.is_of(&session.page_secret)))
    }

    /// The session of a navigation. Those for which `counts` is false, because they have ended, are looked at only where
    /// there is no other.
    pub fn on_navigation(&self, counts: impl Fn(&Session) -> bool) -> OnNavigation<'_> {
        let (good, ended): (Vec<_>, Vec<_>) = self.0.iter().partition(|session| counts(session));
        let first = good.first().map(|session| session.id());
        if good.iter().any(|session| Some(session.id()) != first) {
            return OnNavigation::Several;
        }
        match latest(good.into_iter()).or_else(|| latest(ended.into_iter())) {
            Some(session) => OnNavigation::One(session),
            None => OnNavigation::Missing,
        }
    }
}

/// The session of a document navigation, which has no page token.
#[derive(Clone, Copy, Debug)]
pub enum OnNavigation<'a> {
    /// None opens.
    Missing,
    /// Several that count open, of different logins: nobody knows whose browser it is.
    Several,
    /// The only one.
    One(&'a Session),
}

impl RequestCookies {
    /// The sessions that open.
    pub fn opened(&self, keys: &Keys) -> Opened {
        let values = self.sessions();
        let sessions = values.filter_map(|value| Session::open(value, keys));
        Opened(sessions.collect())
    }

    /// The transactions in `slot` that open, stale ones too.
    pub fn transactions(
        &self,
        keys: &Keys,
        slot: Slot,
        public_url: &PublicUrl,
    ) -> Vec<Transaction> {
        let values = self.slot(slot);
        values
            .filter_map(|value| Transaction::open(value, keys, slot, public_url))
            .collect()
    }

    /// The slot that a new login takes: the first in which no transaction is under way, else that of the oldest.
    pub fn free_slot(&self, keys: &Keys, public_url: &PublicUrl, now: UnixTime) -> Slot {
        let under_way = |slot: Slot| {
            let transactions = self.transactions(keys, slot, public_url).into_iter();
            let started = transactions.filter(|transaction| !transaction.is_stale(now));
            started.map(|transaction| transaction.started()).max()
        };
        // `None` is less than any time, and of equal ones the first is taken.
        let oldest = Slot::ALL.into_iter().min_by_key(|slot| under_way(*slot));
        oldest.unwrap_or(Slot::FIRST)
    }
}

/// The latest login, and of its copies the latest.
fn latest<'a>(sessions: impl Iterator<Item = &'a Session>) -> Option<&'a Session> {
    sessions.max_by_key(|session| {
        let attempt = session.unreachable.unwrap_or_default();
        (session.issued, session.checked, attempt, session.used)
    })
}
