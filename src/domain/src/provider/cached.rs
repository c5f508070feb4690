//! A value that is fetched, kept for its lifetime, renewed ahead of its end, and kept longer through an outage.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use serde::Serialize;

use super::cause::Cause;
use super::failure::{Failure, Target};
use crate::environment::Environment;
use crate::error::Refusal;
use crate::limits;
use crate::single_flight::{Place, Waiters};
use crate::time::UnixTime;

/// The part of a lifetime after which a value is renewed while it is still used.
const RENEWAL: f64 = 0.8;

/// What a fetch brings.
pub(super) struct Fetched<V> {
    pub(super) value: V,
    pub(super) lifetime: Duration,
    /// What the value weighs in memory.
    pub(super) bytes: usize,
}

/// A value with the number and the time of the fetch that brought it.
pub(super) struct Snapshot<V> {
    pub(super) value: Rc<V>,
    /// Counts the fetches of one [`Cached`] in the order of their starts.
    pub(super) number: u64,
    /// When the fetch was started: the value is at least as new.
    pub(super) requested: UnixTime,
    lifetime: Duration,
    bytes: usize,
}

impl<V> Clone for Snapshot<V> {
    fn clone(&self) -> Self {
        Self {
            value: Rc::clone(&self.value),
            ..*self
        }
    }
}

/// How old a value is, and what happens next.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct Freshness {
    age_seconds: u64,
    /// Zero where the next use renews it.
    next_refresh_seconds: u64,
    /// Why the last attempt to renew it failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    last_failure: Option<String>,
}

impl Freshness {
    /// Seconds since the value was asked for.
    pub const fn age_seconds(&self) -> u64 {
        self.age_seconds
    }

    /// Seconds until it is renewed; 0 where the next use renews it.
    pub const fn next_refresh_seconds(&self) -> u64 {
        self.next_refresh_seconds
    }
}

/// Where the value comes from. Ends by itself within [`limits::PROVIDER_TOTAL`].
type Source<V> = Box<dyn Fn() -> LocalBoxFuture<'static, Result<Fetched<V>, Failure>>>;

type FetchResult<V> = Result<Snapshot<V>, Failure>;

/// A fetch that several requests wait for.
pub(super) struct Fetch<V> {
    pub(super) number: u64,
    result: Shared<LocalBoxFuture<'static, FetchResult<V>>>,
    waiters: Waiters,
}

struct Pending<V> {
    number: u64,
    started: UnixTime,
    waiters: Waiters,
    /// Weak, because the fetch owns the [`Cached`]; those who wait for it own the fetch.
    result: WeakShared<LocalBoxFuture<'static, FetchResult<V>>>,
}

struct FailedAttempt {
    failure: Failure,
    at: UnixTime,
    /// When the attempt before it failed, if that one failed too.
    previous: Option<UnixTime>,
}

struct State<V> {
    latest: Option<Snapshot<V>>,
    failed: Option<FailedAttempt>,
    last_number: u64,
    /// The value is known to be out of date, whatever its lifetime.
    is_outdated: bool,
    pending: Option<Pending<V>>,
}

/// One value and its state. There is at most one fetch at a time, so an older value cannot overwrite a newer one.
pub(super) struct Cached<V> {
    environment: Rc<dyn Environment>,
    target: Target,
    source: Source<V>,
    state: RefCell<State<V>>,
}

/// What a request does that needs the value.
enum NextStep<V> {
    /// There is no value that may be used: wait for one.
    Fetch,
    /// Wait for a newer value, and use this one only if there is none.
    FetchOrUse(Snapshot<V>),
    /// Use this value and have it renewed meanwhile.
    UseAndRenew(Snapshot<V>),
    Use(Snapshot<V>),
}

impl<V: 'static> Cached<V> {
    pub(super) fn new(
        environment: Rc<dyn Environment>,
        target: Target,
        source: Source<V>,
    ) -> Rc<Self> {
        let state = State {
            latest: None,
            failed: None,
            last_number: 0,
            is_outdated: false,
            pending: None,
        };
        Rc::new(Self {
            environment,
            target,
            source,
            state: RefCell::new(state),
        })
    }

    /// The value, fetched now if there is none that may be used. A request that would have to wait needs a place among
    /// `waiters`; without one it gets what is known at once, which may be an older value. Work that several requests
    /// share needs no place, because these have theirs.
    pub(super) async fn current(self: &Rc<Self>, waiters: Option<&Waiters>) -> FetchResult<V> {
        match self.next_step() {
            NextStep::Fetch => self.fetched(waiters).await,
            NextStep::FetchOrUse(older) => self.fetched(waiters).await.or(Ok(older)),
            NextStep::UseAndRenew(snapshot) => {
                // Whether that fetch is delayed or under way makes no difference to this request.
                drop(self.fetch());
                Ok(snapshot)
            }
            NextStep::Use(snapshot) => Ok(snapshot),
        }
    }

    async fn fetched(self: &Rc<Self>, waiters: Option<&Waiters>) -> FetchResult<V> {
        let Some(waiters) = waiters else {
            return self.fetch()?.result.await;
        };
        // First the place, so that nobody starts a fetch who may not wait for it.
        let _place = self.place(waiters)?;
        self.fetch()?.wait(&self.target).await
    }

    /// A place among those who wait, in all.
    pub(super) fn place(&self, waiters: &Waiters) -> Result<Place, Failure> {
        waiters.enter().ok_or_else(|| crowded(&self.target))
    }

    /// The fetch that is under way, or a new one; the last failure where that holds new ones back.
    ///
    /// The environment drives it too, so it goes on when the request that started it is gone.
    pub(super) fn fetch(self: &Rc<Self>) -> Result<Fetch<V>, Failure> {
        if let Some(pending) = self.pending() {
            return Ok(pending);
        }
        if let Some(failure) = self.held_back() {
            return Err(failure);
        }
        let number = self.last_number() + 1;
        let started = self.environment.now();
        let run = Rc::clone(self).run(number, started);
        let result = run.boxed_local().shared();
        let waiters = Waiters::new(limits::FETCH_WAITERS);
        let mut state = self.state.borrow_mut();
        state.last_number = number;
        state.pending = result.downgrade().map(|result| Pending {
            number,
            started,
            waiters: waiters.clone(),
            result,
        });
        drop(state);
        self.environment
            .spawn(result.clone().map(drop).boxed_local());
        Ok(Fetch {
            number,
            result,
            waiters,
        })
    }

    /// The fetch that is under way.
    pub(super) fn pending(&self) -> Option<Fetch<V>> {
        let state = self.state.borrow();
        let pending = state.pending.as_ref()?;
        Some(Fetch {
            number: pending.number,
            result: pending.result.upgrade()?,
            waiters: pending.waiters.clone(),
        })
    }

    /// The number of the last fetch that was started; 0 if there was none.
    pub(super) fn last_number(&self) -> u64 {
        self.state.borrow().last_number
    }

    /// Something shows that the value is out of date: it serves only where no newer one is to be had.
    pub(super) fn expire(&self) {
        self.state.borrow_mut().is_outdated = true;
    }

    /// What the value weighs in memory.
    pub(super) fn bytes(&self) -> usize {
        let state = self.state.borrow();
        state.latest.as_ref().map_or(0, |snapshot| snapshot.bytes)
    }

    /// How fresh the value is that was fetched last, if there is one.
    pub(super) fn known_freshness(&self) -> Option<Freshness> {
        let latest = self.state.borrow().latest.clone();
        latest.map(|snapshot| self.freshness(&snapshot))
    }

    /// How fresh `snapshot` is.
    pub(super) fn freshness(&self, snapshot: &Snapshot<V>) -> Freshness {
        let age = self.environment.now().since(snapshot.requested);
        let last_failure = self.last_failure();
        Freshness {
            age_seconds: age.as_secs(),
            next_refresh_seconds: snapshot
                .lifetime
                .mul_f64(RENEWAL)
                .saturating_sub(age)
                .as_secs(),
            last_failure: last_failure.map(|failure| self.refusal(&failure).message().to_owned()),
        }
    }

    /// What a request is refused with that `failure` has left without a value, with the true time to the next attempt.
    pub(super) fn refusal(&self, failure: &Failure) -> Refusal {
        let wait = match failure.cause {
            Cause::Crowded => self.end_of_fetch(),
            Cause::Invalid { .. } | Cause::Unavailable { .. } => self.next_attempt(),
        };
        failure.refusal(wait)
    }

    fn last_failure(&self) -> Option<Failure> {
        let state = self.state.borrow();
        state.failed.as_ref().map(|failed| failed.failure.clone())
    }

    fn next_step(&self) -> NextStep<V> {
        let state = self.state.borrow();
        let Some(latest) = &state.latest else {
            return NextStep::Fetch;
        };
        let now = self.environment.now();
        let is_within = |part: f64| now.is_within(latest.requested, latest.lifetime.mul_f64(part));
        // So old that the provider may have withdrawn everything in it.
        if now.since(latest.requested) >= latest.lifetime.saturating_add(limits::PROVIDER_STALE) {
            return NextStep::Fetch;
        }
        if !state.is_outdated && is_within(RENEWAL) {
            return NextStep::Use(latest.clone());
        }
        // Not used up yet, so nobody has to wait for the next one.
        if !state.is_outdated && is_within(1.0) {
            return NextStep::UseAndRenew(latest.clone());
        }
        // Used up, but an attempt has just failed: one request has waited for it, the others need not wait for the next.
        let failed = state.failed.as_ref();
        if failed.is_some_and(|failed| now.is_within(failed.at, limits::PROVIDER_OUTAGE)) {
            return NextStep::UseAndRenew(latest.clone());
        }
        NextStep::FetchOrUse(latest.clone())
    }

    fn held_back(&self) -> Option<Failure> {
        if self.next_attempt().is_zero() {
            return None;
        }
        self.last_failure()
    }

    /// The time to the next attempt that is allowed after a failure.
    fn next_attempt(&self) -> Duration {
        let is_served = !matches!(self.next_step(), NextStep::Fetch);
        let state = self.state.borrow();
        let Some(failed) = &state.failed else {
            return Duration::ZERO;
        };
        let now = self.environment.now();
        // Requests that have nothing else try again as soon as this short pause ends.
        let pause = now.remaining(failed.at, limits::PROVIDER_PAUSE);
        // An older value serves, so there is no hurry: after two failures, wait until the first is long past.
        let outage = match failed.previous {
            Some(previous) if is_served => now.remaining(previous, limits::PROVIDER_OUTAGE),
            _ => Duration::ZERO,
        };
        pause.max(outage)
    }

    /// The time in which the fetch that is under way ends for certain.
    fn end_of_fetch(&self) -> Duration {
        let state = self.state.borrow();
        state
            .pending
            .as_ref()
            .map_or(limits::PROVIDER_TOTAL, |pending| {
                let now = self.environment.now();
                now.remaining(pending.started, limits::PROVIDER_TOTAL)
            })
    }

    async fn run(self: Rc<Self>, number: u64, requested: UnixTime) -> FetchResult<V> {
        let fetched = (self.source)().await;
        let mut state = self.state.borrow_mut();
        state.pending = None;
        match fetched {
            Ok(fetched) => {
                let snapshot = Snapshot {
                    value: Rc::new(fetched.value),
                    number,
                    requested,
                    lifetime: fetched.lifetime,
                    bytes: fetched.bytes,
                };
                state.latest = Some(snapshot.clone());
                state.failed = None;
                state.is_outdated = false;
                Ok(snapshot)
            }
            Err(failure) => {
                state.failed = Some(FailedAttempt {
                    failure: failure.clone(),
                    at: self.environment.now(),
                    previous: state.failed.as_ref().map(|failed| failed.at),
                });
                Err(failure)
            }
        }
    }
}

impl<V> Fetch<V> {
    /// Waits for the result, if there is a place among those who wait for this fetch.
    pub(super) async fn wait(self, target: &Target) -> FetchResult<V> {
        let _place = self.waiters.enter().ok_or_else(|| crowded(target))?;
        self.result.await
    }
}

fn crowded(target: &Target) -> Failure {
    Failure {
        target: target.clone(),
        cause: Cause::Crowded,
    }
}
