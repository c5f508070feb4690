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

/// SHA-256 over the app and the user.
pub type UserKey = [u8; 32];

enum State {
    Seen,
    UnderWay {
        done: oneshot::Sender<()>,
        waiters: Shared<oneshot::Receiver<()>>,
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
        let Some(mut first) = self.enter(user) else {
            return;
        };
        let mut patience = environment.sleep(limits::FIRST_REQUEST_WAIT);
        while let Either::Left((_, rest)) = select(first, patience).await {
            // Where the first one failed, one of those that waited is now the first, and the others wait on.
            let Some(next) = self.enter(user) else {
                return;
            };
            (first, patience) = (next, rest);
        }
    }

    /// None: go on. Some: another request of this user is on its way and must be waited for.
    fn enter(&self, user: UserKey) -> Option<Shared<oneshot::Receiver<()>>> {
        let mut users = self.users.borrow_mut();
        match users.get(&user) {
            Some(State::Seen) => None,
            Some(State::UnderWay { waiters, .. }) => Some(waiters.clone()),
            None => {
                let (done, waiters) = oneshot::channel();
                users.put(
                    user,
                    State::UnderWay {
                        done,
                        waiters: waiters.shared(),
                    },
                );
                None
            }
        }
    }

    /// The head of an answer is there: `user` exists in Dify, or, where Dify failed, is still to be made.
    pub fn answered(&self, user: UserKey, exists: bool) {
        let mut users = self.users.borrow_mut();
        let before = if exists {
            users.put(user, State::Seen)
        } else {
            users.pop(&user)
        };
        if let Some(State::UnderWay { done, .. }) = before {
            // Nobody may be waiting.
            let _ = done.send(());
        }
    }
}
