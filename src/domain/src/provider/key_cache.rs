//! The keys of one provider, and what happens when a token needs one that is not among them.

use std::cell::RefCell;
use std::rc::Rc;

use super::cached::{Cached, Fetch};
use super::unknown_keys::{UnknownKeys, Wanted};
use crate::environment::Environment;
use crate::error::Refusal;

/// The key set `V` of one provider.
pub(super) struct KeyCache<V> {
    environment: Rc<dyn Environment>,
    cached: Rc<Cached<V>>,
    unknown: RefCell<UnknownKeys>,
}

impl<V: 'static> KeyCache<V> {
    pub(super) fn new(environment: Rc<dyn Environment>, cached: Rc<Cached<V>>) -> Self {
        Self {
            environment,
            cached,
            unknown: RefCell::new(UnknownKeys::new()),
        }
    }

    /// The key set, where no key is looked for.
    pub(super) const fn cached(&self) -> &Rc<Cached<V>> {
        &self.cached
    }

    /// What `select` finds in the key set, or in a newer one where it finds nothing and the provider may be asked
    /// again; else the newest set that was to be had.
    pub(super) async fn find<K>(
        &self,
        wanted: &Wanted,
        select: impl Fn(&V) -> Option<K>,
    ) -> Result<Result<K, Rc<V>>, Refusal> {
        let before = self.cached.last_number();
        let mut held = self.cached.current().await?;
        loop {
            if let Some(key) = select(&held.value) {
                return Ok(Ok(key));
            }
            if held.number > before {
                self.unknown
                    .borrow_mut()
                    .absent(wanted.clone(), held.number, held.asked);
                return Ok(Err(held.value));
            }
            let Some(fetch) = self.newer(wanted)? else {
                return Ok(Err(held.value));
            };
            let number = self.cached.last_number();
            held = fetch
                .await
                .inspect_err(|_| self.unknown.borrow_mut().failed(number))?;
        }
    }

    /// The fetch that is under way for whatever reason, or a new one where the cool-down allows it.
    fn newer(&self, wanted: &Wanted) -> Result<Option<Fetch<V>>, Refusal> {
        if let Some(pending) = self.cached.pending() {
            return Ok(Some(pending));
        }
        if !self
            .unknown
            .borrow()
            .may_ask(wanted, self.environment.now())
        {
            return Ok(None);
        }
        let fetch = self.cached.fetch()?;
        self.unknown
            .borrow_mut()
            .asked(self.cached.last_number(), self.environment.now());
        Ok(Some(fetch))
    }
}
