//! Work that several requests need at the same time is done once, and its result is kept for a while.
//!
//! Everything about it is bounded: how many requests wait, how many results are kept, how many bytes these have and for
//! how long they are kept.

use std::cell::RefCell;
use std::collections::HashMap;
use std::hash::Hash;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use lru::LruCache;

use crate::environment::Environment;
use crate::limits;
use crate::time::UnixTime;

#[cfg(test)]
mod tests;
mod waiters;

pub use waiters::{Place, Waiters};

/// What the work for a key has brought.
pub struct Outcome<V> {
    /// The result, for everyone who waits.
    pub value: V,
    /// How long it is kept, from the start of the work on. Zero: it serves only those who wait.
    pub lifetime: Duration,
    /// What it weighs in memory.
    pub bytes: usize,
}

/// How much is kept.
#[derive(Clone, Copy, Debug)]
pub struct Capacity {
    /// Results.
    pub entries: usize,
    /// Bytes of all results. The newest result is kept whatever it weighs, so a single one must be bounded elsewhere.
    pub bytes: usize,
}

/// As many requests wait as may, and nothing is known that could be answered at once.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct Crowded {
    /// After this time those who wait now will have been answered.
    pub wait: Duration,
}

/// Results by key, and the work that is under way.
pub struct SingleFlight<K, V> {
    environment: Rc<dyn Environment>,
    waiters: Waiters,
    longest: Duration,
    state: Rc<RefCell<State<K, V>>>,
}

type Work<V> = Shared<LocalBoxFuture<'static, V>>;

struct Flight<V> {
    started: UnixTime,
    waiters: Waiters,
    /// Weak, so that work which the environment has lost is started again.
    work: WeakShared<LocalBoxFuture<'static, V>>,
}

struct Kept<V> {
    value: V,
    bytes: usize,
    since: UnixTime,
    lifetime: Duration,
}

struct State<K, V> {
    capacity: Capacity,
    flights: HashMap<K, Flight<V>>,
    /// In the order of their arrival: a use does not prolong the stay.
    kept: LruCache<K, Kept<V>>,
    kept_bytes: usize,
}

impl<K: Clone + Eq + Hash + 'static, V: Clone + 'static> SingleFlight<K, V> {
    /// Knows nothing yet. `waiters` counts the requests that wait, possibly together with those who wait elsewhere;
    /// `longest` is the time after which work has ended for certain.
    pub fn new(
        environment: Rc<dyn Environment>,
        capacity: Capacity,
        waiters: Waiters,
        longest: Duration,
    ) -> Self {
        let state = State {
            capacity,
            flights: HashMap::new(),
            kept: LruCache::unbounded(),
            kept_bytes: 0,
        };
        Self {
            environment,
            waiters,
            longest,
            state: Rc::new(RefCell::new(state)),
        }
    }

    /// The result that is kept for `key`, or what `work` brings. `work` must do nothing before it is polled: it is
    /// dropped where the result is known or already worked for.
    ///
    /// # Errors
    /// [`Crowded`] instead of waiting, where enough requests wait already.
    pub async fn get(
        &self,
        key: K,
        work: impl Future<Output = Outcome<V>> + 'static,
    ) -> Result<V, Crowded> {
        if let Some(value) = self.kept(&key) {
            return Ok(value);
        }
        let crowded = |started| self.crowded(started);
        // First the place among all, so that nobody starts work who may not wait for it.
        let _place = self.waiters.enter().ok_or_else(|| crowded(None))?;
        let (work, _place_at_this_work) = match self.flight(&key) {
            Some((started, waiters, work)) => {
                (work, waiters.enter().ok_or_else(|| crowded(Some(started)))?)
            }
            None => self.start(key, work),
        };
        Ok(work.await)
    }

    /// The result that is kept for `key`. Nobody is asked for one that is not.
    pub fn kept(&self, key: &K) -> Option<V> {
        let mut state = self.state.borrow_mut();
        state.forget_expired(self.environment.now());
        // The oldest entries are forgotten first, so an expired one may still lie behind one that lives longer.
        let kept = state.kept.peek(key)?;
        kept.is_fresh(self.environment.now())
            .then(|| kept.value.clone())
    }

    fn flight(&self, key: &K) -> Option<(UnixTime, Waiters, Work<V>)> {
        let state = self.state.borrow();
        let flight = state.flights.get(key)?;
        Some((
            flight.started,
            flight.waiters.clone(),
            flight.work.upgrade()?,
        ))
    }

    /// The environment drives the work too, so it ends although the request that started it may be gone.
    fn start(&self, key: K, work: impl Future<Output = Outcome<V>> + 'static) -> (Work<V>, Place) {
        let started = self.environment.now();
        let (state, of) = (Rc::clone(&self.state), key.clone());
        let work = async move {
            let outcome = work.await;
            let value = outcome.value.clone();
            state.borrow_mut().finish(of, outcome, started);
            value
        };
        let work = work.boxed_local().shared();
        let (waiters, place) = Waiters::with_first(limits::FETCH_WAITERS);
        if let Some(weak) = work.downgrade() {
            let flight = Flight {
                started,
                waiters,
                work: weak,
            };
            self.state.borrow_mut().flights.insert(key, flight);
        }
        self.environment.spawn(work.clone().map(drop).boxed_local());
        (work, place)
    }

    /// Places become free when the work ends that others wait for: this one, or the oldest of all.
    fn crowded(&self, started: Option<UnixTime>) -> Crowded {
        let oldest = || {
            let state = self.state.borrow();
            state.flights.values().map(|flight| flight.started).min()
        };
        let now = self.environment.now();
        let started = started.or_else(oldest).unwrap_or(now);
        Crowded {
            wait: now.remaining(started, self.longest),
        }
    }
}

impl<V> Kept<V> {
    fn is_fresh(&self, now: UnixTime) -> bool {
        now.is_within(self.since, self.lifetime)
    }
}

impl<K: Eq + Hash, V> State<K, V> {
    fn finish(&mut self, key: K, outcome: Outcome<V>, since: UnixTime) {
        self.flights.remove(&key);
        if outcome.lifetime.is_zero() {
            return;
        }
        let kept = Kept {
            value: outcome.value,
            bytes: outcome.bytes,
            since,
            lifetime: outcome.lifetime,
        };
        self.kept_bytes += kept.bytes;
        if let Some((_, replaced)) = self.kept.push(key, kept) {
            self.kept_bytes -= replaced.bytes;
        }
        while self.kept.len() > 1
            && (self.kept.len() > self.capacity.entries || self.kept_bytes > self.capacity.bytes)
        {
            self.forget_oldest();
        }
    }

    fn forget_expired(&mut self, now: UnixTime) {
        while self
            .kept
            .peek_lru()
            .is_some_and(|(_, kept)| !kept.is_fresh(now))
        {
            self.forget_oldest();
        }
    }

    fn forget_oldest(&mut self) {
        if let Some((_, forgotten)) = self.kept.pop_lru() {
            self.kept_bytes -= forgotten.bytes;
        }
    }
}
