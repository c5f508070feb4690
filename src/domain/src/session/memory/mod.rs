//! What an endpoint remembers of cookies that it has given away. It is lost at a restart, when the next check with the
//! provider does the work.
//!
//! Everything is remembered by a hash, so what an entry weighs does not depend on who made it, and under one policy: what
//! other settings have let in can neither be seen nor pushed out.

mod logout;
mod recent;

use std::cell::{Cell, RefCell};
use std::rc::Rc;

use lru::LruCache;

pub use logout::LogoutMark;

use self::logout::LogoutMarks;
use self::recent::Recent;
use super::{Session, SessionId, TokenFate, Transaction, TransactionId};
use crate::limits::{self, capacity};
use crate::settings::SessionLimits;
use crate::time::UnixTime;

/// The memories of one endpoint, by [`crate::settings::SignIn::policy_digest`].
#[derive(Debug)]
pub struct Memories(RefCell<LruCache<[u8; 32], Rc<Memory>>>);

impl Memories {
    /// Nothing is remembered yet.
    pub fn new() -> Self {
        Self(RefCell::new(LruCache::new(capacity(
            limits::PARSED_SETTINGS,
        ))))
    }

    /// What is remembered under this policy.
    pub fn of(&self, policy_digest: &[u8; 32]) -> Rc<Memory> {
        let mut memories = self.0.borrow_mut();
        Rc::clone(memories.get_or_insert(*policy_digest, Rc::default))
    }
}

impl Default for Memories {
    fn default() -> Self {
        Self::new()
    }
}

/// What is remembered under one policy.
#[derive(Debug)]
pub struct Memory {
    used_transactions: Recent<TransactionId>,
    ended_sessions: Recent<SessionId>,
    logouts: LogoutMarks,
    token_fate: Cell<Option<TokenFate>>,
}

impl Default for Memory {
    fn default() -> Self {
        Self {
            used_transactions: Recent::new(limits::USED_TRANSACTIONS),
            ended_sessions: Recent::new(limits::ENDED_SESSIONS),
            logouts: LogoutMarks::default(),
            token_fate: Cell::new(None),
        }
    }
}

impl Memory {
    /// Notes that the code of this login was redeemed.
    pub fn use_up(&self, transaction: &Transaction) {
        let until = transaction.started().plus(limits::TRANSACTION);
        self.used_transactions.remember(transaction.id(), until);
    }

    /// Whether the code of this login was redeemed.
    pub fn is_used(&self, transaction: &Transaction, now: UnixTime) -> bool {
        self.used_transactions.has(&transaction.id(), now)
    }

    /// Ends a session for as long as its cookie would have counted.
    pub fn end(&self, session: &Session, limits: &SessionLimits) {
        self.ended_sessions
            .remember(session.id(), session.ends(limits));
    }

    /// Whether a logout has ended the session, here or at the provider.
    pub fn has_ended(&self, session: &Session, now: UnixTime) -> bool {
        self.ended_sessions.has(&session.id(), now) || self.logouts.end(session, now)
    }

    /// Notes what became of the provider's token at the last login, or of a new one at a check.
    pub fn note_token(&self, fate: TokenFate) {
        self.token_fate.set(Some(fate));
    }

    /// What was noted last; `None` where nobody has signed in.
    pub const fn last_token(&self) -> Option<TokenFate> {
        self.token_fate.get()
    }

    /// Notes a logout token of the provider. False where one with this `jti` was noted before: it counts once (OpenID
    /// Connect Back-Channel Logout §2.6, step 8).
    pub fn note_logout(
        &self,
        jti: &str,
        mark: &LogoutMark<'_>,
        now: UnixTime,
        limits: &SessionLimits,
    ) -> bool {
        self.logouts.note(jti, mark, now, limits)
    }
}
