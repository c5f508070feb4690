//! Open streams of one user, so that one user cannot hold all of Dify's connections.

use std::cell::RefCell;
use std::collections::HashMap;
use std::collections::hash_map::Entry;
use std::time::Duration;

use super::first_requests::UserKey;
use crate::error::{Code, Refusal};

/// What a client is told to wait: streams end in seconds, not minutes.
const RETRY_AFTER: Duration = Duration::from_secs(5);

/// How many streams each user has open.
#[derive(Default)]
pub struct Streams {
    open: RefCell<HashMap<UserKey, u32>>,
}

impl Streams {
    /// Counts one more stream of `user`, or refuses it.
    pub fn open(&self, user: UserKey, limit: Option<u32>) -> Result<(), Refusal> {
        let mut open = self.open.borrow_mut();
        let count = open.get(&user).copied().unwrap_or(0);
        if let Some(limit) = limit.filter(|limit| count >= *limit) {
            return Err(Refusal::new(
                Code::TooManyStreams,
                format!("You have {count} streams open and this endpoint allows {limit} a user. Wait for one to end, or stop it."),
            )
            .with_retry_after(RETRY_AFTER));
        }
        open.insert(user, count + 1);
        Ok(())
    }

    /// One stream of `user` has ended.
    pub fn close(&self, user: UserKey) {
        let mut open = self.open.borrow_mut();
        let Entry::Occupied(mut entry) = open.entry(user) else {
            return;
        };
        match entry.get().checked_sub(1) {
            None | Some(0) => {
                entry.remove();
            }
            Some(left) => {
                entry.insert(left);
            }
        }
    }
}
