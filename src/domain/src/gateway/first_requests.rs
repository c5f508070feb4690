//! A new user's first request goes alone.
//!
//! Dify makes one row of `end_users` for each of several first requests that arrive at once, because its
//! look-up and insert are not one step (`EndUserService.get_or_create_end_user_by_type`), and later look-ups
//! pick one of the rows: the person loses sight of conversations.

use std::cell::RefCell;
use std::rc::Rc;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::{Either, Shared, select};
use lru::LruCache;

use crate::environment::Environment;
use crate::limits::{self, capacity};
use crate::relay::UserKey;

enum State {
    /// Dify has the user: nobody waits any more.
    Seen,
    /// The first request is with Dify.
    UnderWay {
        /// Resolves `end`, when it is sent to or dropped.
        ended: oneshot::Sender<()>,
        /// What the other requests of the user wait for.
        end: Shared<oneshot::Receiver<()>>,
    },
}

/// The users that this process has seen.
pub struct FirstRequests {
    users: RefCell<LruCache<UserKey, State>>,
}

impl FirstRequests {
    /// Nobody has been seen.
    pub fn new() -> Self {
        Self {
            users: RefCell::new(LruCache::new(capacity(limits::KNOWN_USERS))),
        }
    }

    /// Returns when a request of this user may go to Dify.
    pub async fn admit(&self, environment: &Rc<dyn Environment>, user: UserKey) {
        // Not known yet: this request is the first. Known: nothing to wait for.
        let Some(mut end) = self.enter(user) else {
            return;
        };
        // One limit for the whole wait, however often another request becomes the first.
        let mut patience = environment.sleep(limits::FIRST_REQUEST_WAIT);
        while let Either::Left((_, left)) = select(end, patience).await {
            // The first request has ended. If it made the user, or if this request is now the first, go on. If another
            // of those that waited has become the first, wait for that one.
            let Some(next) = self.enter(user) else {
                return;
            };
            (end, patience) = (next, left);
        }
        // The limit has passed. The first request may hang or be lost, and two rows of one user are the lesser harm. The
        // response to this request ends the wait for all, because it makes the user as well.
    }

    /// None: go on. Some: another request of this user is with Dify and must be waited for.
    fn enter(&self, user: UserKey) -> Option<Shared<oneshot::Receiver<()>>> {
        let mut users = self.users.borrow_mut();
        match users.get(&user) {
            Some(State::Seen) => None,
            Some(State::UnderWay { end, .. }) => Some(end.clone()),
            None => {
                let (ended, end) = oneshot::channel();
                let end = end.shared();
                users.put(user, State::UnderWay { ended, end });
                None
            }
        }
    }

    /// The head of a response is there: `user` exists in Dify, or, where Dify failed, is still to be made.
    pub fn responded(&self, user: UserKey, exists: bool) {
        let mut users = self.users.borrow_mut();
        let before = if exists {
            users.put(user, State::Seen)
        } else if matches!(users.get(&user), Some(State::UnderWay { .. })) {
            users.pop(&user)
        } else {
            // A later request has failed; the user is known and stays so.
            None
        };
        if let Some(State::UnderWay { ended, .. }) = before {
            // Nobody may be waiting.
            let _ = ended.send(());
        }
    }
}
