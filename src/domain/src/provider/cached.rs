//! A value that is fetched, kept for its lifetime, renewed ahead of its end, and kept longer through an outage.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use serde::Serialize;

use super::failure::HOLD_BACK;
use crate::environment::Environment;
use crate::error::Refusal;
use crate::time::UnixTime;

/// How long a value serves beyond its lifetime while no newer one is to be had.
const STALE: Duration = Duration::from_secs(24 * 60 * 60);

/// The part of a lifetime after which a value is renewed behind the back of whoever uses it.
const AHEAD: f64 = 0.8;

/// As long as an older value serves: how long after a failed attempt nobody waits for the next one, and the time in which
/// no more than two fail.
const OUTAGE: Duration = Duration::from_secs(60);

/// A fetched value and how long it may be used.
pub(super) struct Fresh<V> {
    pub(super) value: V,
    pub(super) lifetime: Duration,
}

/// A value with the number and the time of the fetch that brought it.
pub(super) struct Held<V> {
    pub(super) value: Rc<V>,
    /// Counts the fetches of one [`Cached`] in the order of their starts.
    pub(super) number: u64,
    /// When the fetch was started: what the answer says is at least as new.
    pub(super) asked: UnixTime,
    lifetime: Duration,
}

impl<V> Clone for Held<V> {
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

/// Where the value comes from. Ends by itself within a few seconds.
type Source<V> = Box<dyn Fn() -> LocalBoxFuture<'static, Result<Fresh<V>, Refusal>>>;

type Running<V> = LocalBoxFuture<'static, Result<Held<V>, Refusal>>;

/// A fetch that any number of requests wait for.
pub(super) type Fetch<V> = Shared<Running<V>>;

/// One value and its state. There is at most one fetch at a time, so an older answer cannot overwrite a newer one.
pub(super) struct Cached<V> {
    environment: Rc<dyn Environment>,
    source: Source<V>,
    state: RefCell<State<V>>,
}

/// The last attempt failed.
struct Failure {
    refusal: Refusal,
    at: UnixTime,
    /// When the attempt before it failed too.
    before: Option<UnixTime>,
}

struct State<V> {
    held: Option<Held<V>>,
    failed: Option<Failure>,
    last_number: u64,
    /// The value is known to be out of date, whatever its lifetime.
    is_outdated: bool,
    /// Weak, because the fetch owns the [`Cached`]; those who wait for it own the fetch.
    pending: Option<WeakShared<Running<V>>>,
}

enum Standing<V> {
    /// Nothing that may be used.
    Absent,
    /// To be used at once, and renewed meanwhile.
    Ageing(Held<V>),
    /// To be used only where nothing newer is to be had.
    Expired(Held<V>),
    Fresh(Held<V>),
}

impl<V: 'static> Cached<V> {
    pub(super) fn new(environment: Rc<dyn Environment>, source: Source<V>) -> Rc<Self> {
        let state = State {
            held: None,
            failed: None,
            last_number: 0,
            is_outdated: false,
            pending: None,
        };
        Rc::new(Self {
            environment,
            source,
            state: RefCell::new(state),
        })
    }

    /// The value, fetched now if there is none that may be used.
    pub(super) async fn current(self: &Rc<Self>) -> Result<Held<V>, Refusal> {
        match self.standing() {
            Standing::Absent => self.fetch()?.await,
            Standing::Ageing(held) => {
                // Held back or under way, it makes no difference to this caller.
                drop(self.fetch());
                Ok(held)
            }
            Standing::Expired(held) => match self.fetch() {
                Ok(fetch) => fetch.await.or(Ok(held)),
                Err(_) => Ok(held),
            },
            Standing::Fresh(held) => Ok(held),
        }
    }

    /// The fetch that is under way, or a new one; the last failure where that holds new ones back.
    ///
    /// The host drives it too, so it goes on when the request that started it is gone.
    pub(super) fn fetch(self: &Rc<Self>) -> Result<Fetch<V>, Refusal> {
        if let Some(pending) = self.pending() {
            return Ok(pending);
        }
        if let Some(refusal) = self.held_back() {
            return Err(refusal);
        }
        let fetch = Rc::clone(self)
            .run(self.next_number(), self.environment.now())
            .boxed_local()
            .shared();
        self.state.borrow_mut().pending = fetch.downgrade();
        self.environment
            .spawn(fetch.clone().map(drop).boxed_local());
        Ok(fetch)
    }

    /// The fetch that is under way.
    pub(super) fn pending(&self) -> Option<Fetch<V>> {
        self.state
            .borrow()
            .pending
            .as_ref()
            .and_then(WeakShared::upgrade)
    }

    /// The number of the last fetch that was started; 0 where there was none.
    pub(super) fn last_number(&self) -> u64 {
        self.state.borrow().last_number
    }

    /// Something shows that the value is out of date: it serves only where no newer one is to be had.
    pub(super) fn expire(&self) {
        self.state.borrow_mut().is_outdated = true;
    }

    /// How fresh `held` is.
    pub(super) fn freshness(&self, held: &Held<V>) -> Freshness {
        let state = self.state.borrow();
        let age = self.environment.now().since(held.asked);
        let last_failure = state.failed.as_ref();
        Freshness {
            age_seconds: age.as_secs(),
            next_refresh_seconds: held.lifetime.mul_f64(AHEAD).saturating_sub(age).as_secs(),
            last_failure: last_failure.map(|failed| failed.refusal.message().to_owned()),
        }
    }

    fn standing(&self) -> Standing<V> {
        let state = self.state.borrow();
        let Some(held) = &state.held else {
            return Standing::Absent;
        };
        let now = self.environment.now();
        let is_outage = state
            .failed
            .as_ref()
            .is_some_and(|failed| is_within(now, failed.at, OUTAGE));
        if now.since(held.asked) >= held.lifetime.saturating_add(STALE) {
            Standing::Absent
        } else if !state.is_outdated && is_within(now, held.asked, held.lifetime.mul_f64(AHEAD)) {
            Standing::Fresh(held.clone())
        } else if is_outage || (!state.is_outdated && is_within(now, held.asked, held.lifetime)) {
            Standing::Ageing(held.clone())
        } else {
            Standing::Expired(held.clone())
        }
    }

    /// A provider that returns is used at once by those who have nothing else; the others need not press it.
    fn held_back(&self) -> Option<Refusal> {
        let now = self.environment.now();
        let is_served = !matches!(self.standing(), Standing::Absent);
        let state = self.state.borrow();
        let failed = state.failed.as_ref()?;
        let failed_twice = failed
            .before
            .is_some_and(|before| is_within(now, before, OUTAGE));
        let waits = is_within(now, failed.at, HOLD_BACK) || (is_served && failed_twice);
        waits.then(|| failed.refusal.clone())
    }

    fn next_number(&self) -> u64 {
        let mut state = self.state.borrow_mut();
        state.last_number += 1;
        state.last_number
    }

    async fn run(self: Rc<Self>, number: u64, asked: UnixTime) -> Result<Held<V>, Refusal> {
        let fetched = (self.source)().await;
        let mut state = self.state.borrow_mut();
        state.pending = None;
        match fetched {
            Ok(Fresh { value, lifetime }) => {
                let held = Held {
                    value: Rc::new(value),
                    number,
                    asked,
                    lifetime,
                };
                state.held = Some(held.clone());
                state.failed = None;
                state.is_outdated = false;
                Ok(held)
            }
            Err(refusal) => {
                state.failed = Some(Failure {
                    refusal: refusal.clone(),
                    at: self.environment.now(),
                    before: state.failed.as_ref().map(|failed| failed.at),
                });
                Err(refusal)
            }
        }
    }
}

/// Whether `now` lies in the `span` that begins at `start`. A clock that was set back is in no span, so nothing is held
/// longer for it.
pub(super) fn is_within(now: UnixTime, start: UnixTime, span: Duration) -> bool {
    start <= now && now.since(start) < span
}
