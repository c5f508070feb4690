//! The runs that one user has under way, so that one user cannot keep all of Dify's connections busy.

use std::cell::RefCell;
use std::collections::{HashMap, HashSet};
use std::rc::Rc;

use crate::error::{Code, Refusal};
use crate::limits;
use crate::relay::{Counted, UserKey};

/// The runs that are under way, by user. Each has a name of its own (its request's id), so that it ends exactly once, and
/// the end of a run that a lost instance has counted takes nothing from this one's count.
#[derive(Default)]
pub struct Runs {
    under_way: RefCell<HashMap<UserKey, HashSet<String>>>,
}

/// A run that is counted. Unless it is handed over with its relay, it ends when this is dropped.
pub struct CountedRun {
    runs: Rc<Runs>,
    user: UserKey,
    id: Option<String>,
}

impl Runs {
    /// Counts one more run of `user`.
    ///
    /// # Errors
    /// `too_many_streams` where `limit` is reached.
    pub fn begin(
        self: &Rc<Self>,
        user: UserKey,
        id: &str,
        limit: Option<u32>,
    ) -> Result<CountedRun, Refusal> {
        let mut under_way = self.under_way.borrow_mut();
        let count = under_way.get(&user).map_or(0, HashSet::len);
        if let Some(limit) =
            limit.filter(|limit| u32::try_from(count).unwrap_or(u32::MAX) >= *limit)
        {
            return Err(too_many(count, limit));
        }
        under_way.entry(user).or_default().insert(id.to_owned());
        Ok(CountedRun {
            runs: Rc::clone(self),
            user,
            id: Some(id.to_owned()),
        })
    }

    /// How many runs are under way, of all users.
    pub fn count(&self) -> usize {
        self.under_way.borrow().values().map(HashSet::len).sum()
    }

    /// The request `id` has failed in the host: if it was a run, that has ended.
    pub fn end_of_request(&self, id: &str) {
        let mut under_way = self.under_way.borrow_mut();
        under_way.retain(|_, runs| {
            runs.remove(id);
            !runs.is_empty()
        });
    }

    /// The run `id` of `user` has ended. Says nothing of a run that is not counted here.
    pub fn end(&self, user: UserKey, id: &str) {
        let mut under_way = self.under_way.borrow_mut();
        if let Some(runs) = under_way.get_mut(&user) {
            runs.remove(id);
            if runs.is_empty() {
                under_way.remove(&user);
            }
        }
    }
}

impl CountedRun {
    /// Hands the run over: it ends when its relay does.
    pub fn handed_over(mut self) -> Counted {
        let user = self.user;
        match self.id.take() {
            Some(id) => Counted::Run { user, id },
            None => Counted::OfUser(user),
        }
    }
}

impl Drop for CountedRun {
    fn drop(&mut self) {
        if let Some(id) = &self.id {
            self.runs.end(self.user, id);
        }
    }
}

fn too_many(count: usize, limit: u32) -> Refusal {
    let message = format!(
        "You have {count} runs under way, streaming or blocking, and this endpoint allows each user {limit} at once \
         (`streams_per_user`). Wait for one to end, or stop it."
    );
    Refusal::new(Code::TooManyStreams, message).with_retry_after(limits::RUN_WAIT)
}
