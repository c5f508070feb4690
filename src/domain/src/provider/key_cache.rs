//! The keys of one provider, and what happens when a token needs one that is not among them.

use std::cell::RefCell;
use std::rc::Rc;

use super::cached::{Cached, Fetch};
use super::cause::Cause;
use super::failure::{Failure, Target};
use super::unknown_keys::{KeyReference, UnknownKeys};
use crate::environment::Environment;
use crate::jose::{Header, Jwk, JwkSet, NoKey};
use crate::single_flight::Waiters;

/// The key set of one provider.
pub(super) struct KeyCache {
    environment: Rc<dyn Environment>,
    target: Target,
    cached: Rc<Cached<JwkSet>>,
    unknown: RefCell<UnknownKeys>,
}

/// The key that fits a header, or the newest set that has none.
pub(super) enum Selection {
    Ambiguous(Rc<JwkSet>),
    Key(Rc<Jwk>),
    Unknown(Rc<JwkSet>),
}

impl KeyCache {
    pub(super) fn new(
        environment: Rc<dyn Environment>,
        target: Target,
        cached: Rc<Cached<JwkSet>>,
    ) -> Self {
        Self {
            environment,
            target,
            cached,
            unknown: RefCell::new(UnknownKeys::new()),
        }
    }

    /// The key set, where no key is looked for.
    pub(super) const fn cached(&self) -> &Rc<Cached<JwkSet>> {
        &self.cached
    }

    /// The key that fits `header`, from the known set, or from a newer one where that has none and the provider may be
    /// asked again.
    pub(super) async fn find(
        &self,
        header: &Header,
        waiters: &Waiters,
    ) -> Result<Selection, Failure> {
        let reference = KeyReference::from(header);
        let before = self.cached.last_number();
        let mut snapshot = self.cached.current(Some(waiters)).await?;
        loop {
            match snapshot.value.select(header, self.target.issuer.as_str()) {
                Ok(key) => return Ok(Selection::Key(Rc::clone(key))),
                Err(NoKey::Ambiguous) => return Ok(Selection::Ambiguous(snapshot.value)),
                Err(NoKey::Unknown) => {}
            }
            // This set was requested after the token had come: a key that it lacks is not published.
            if snapshot.number > before {
                let mut unknown = self.unknown.borrow_mut();
                unknown.note_absent(reference, snapshot.number, snapshot.requested);
                return Ok(Selection::Unknown(snapshot.value));
            }
            // First the place, so that nobody starts a fetch who may not wait for its end.
            let place = self.cached.place(waiters)?;
            // The set may be older than the key. Where nobody may be asked now, it is all that is known.
            let Some(fetch) = self.newer(reference)? else {
                return Ok(Selection::Unknown(snapshot.value));
            };
            // A fetch that was under way already may bring a set that is still older than the token, so look again.
            let number = fetch.number;
            let fetched = fetch.wait(&self.target).await;
            drop(place);
            snapshot = fetched.inspect_err(|failure| self.note_failure(number, failure))?;
        }
    }

    /// The fetch that is under way for whatever reason, or a new one where the pause allows it.
    fn newer(&self, reference: KeyReference) -> Result<Option<Fetch<JwkSet>>, Failure> {
        if let Some(pending) = self.cached.pending() {
            return Ok(Some(pending));
        }
        let now = self.environment.now();
        if !self.unknown.borrow().may_ask(reference, now) {
            return Ok(None);
        }
        let fetch = self.cached.fetch()?;
        self.unknown.borrow_mut().start(fetch.number, now);
        Ok(Some(fetch))
    }

    /// A request that found no place says nothing about the fetch.
    fn note_failure(&self, fetch: u64, failure: &Failure) {
        if failure.cause != Cause::Crowded {
            self.unknown.borrow_mut().fail(fetch);
        }
    }
}
