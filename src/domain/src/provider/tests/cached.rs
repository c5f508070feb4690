//! When a value is fetched, who waits for it, and how long it serves.

use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;

use super::support::{HOUR, ISSUER, KEYS, MINUTE, SECOND, cached};
use crate::environment::TransportError;
use crate::environment::fake::{FakeEnvironment, ok, poll_once};
use crate::error::{Code, Refusal};
use crate::limits;
use crate::provider::cached::Cached;
use crate::single_flight::Waiters;

async fn current(cached: Rc<Cached<String>>) -> Result<String, Refusal> {
    current_with(&Waiters::new(1000), &cached).await
}

async fn current_with(waiters: &Waiters, cached: &Rc<Cached<String>>) -> Result<String, Refusal> {
    let current = cached.current(Some(waiters)).await;
    current
        .map(|snapshot| snapshot.value.to_string())
        .map_err(|failure| cached.refusal(&failure))
}

fn now(environment: &FakeEnvironment, cached: &Rc<Cached<String>>) -> Result<String, Code> {
    environment
        .run(current(Rc::clone(cached)))
        .map_err(|refusal| refusal.code())
}

/// The value, only if nobody has to wait for it.
fn at_once(cached: &Rc<Cached<String>>) -> Option<String> {
    match poll_once(current(Rc::clone(cached)).boxed_local().as_mut()) {
        Poll::Ready(value) => Some(value.unwrap()),
        Poll::Pending => None,
    }
}

/// A environment and a value that was fetched just now.
fn fetched() -> (Rc<FakeEnvironment>, Rc<Cached<String>>) {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("old"));
    let cached = cached(&environment);
    assert_eq!(now(&environment, &cached), Ok("old".to_owned()));
    (environment, cached)
}

#[test]
fn a_fresh_value_is_not_fetched_again() {
    let (environment, cached) = fetched();
    environment.advance(8 * MINUTE - SECOND);
    assert_eq!(at_once(&cached), Some("old".to_owned()));
    environment.run_background();
    assert_eq!(environment.count(KEYS), 1);
}

#[test]
fn a_value_is_renewed_ahead_of_its_end_and_nobody_waits_for_that() {
    let (environment, cached) = fetched();
    environment.advance(8 * MINUTE);
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    for _ in 0..3 {
        assert_eq!(at_once(&cached), Some("old".to_owned()));
        environment.run_background();
    }
    assert_eq!(environment.count(KEYS), 2);
    environment.release(KEYS);
    environment.run_background();
    assert_eq!(at_once(&cached), Some("new".to_owned()));
}

#[test]
fn a_value_past_its_end_is_not_used_where_a_newer_one_is_to_be_had() {
    let (environment, cached) = fetched();
    environment.advance(10 * MINUTE);
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    assert_eq!(at_once(&cached), None);
    environment.release(KEYS);
    assert_eq!(now(&environment, &cached), Ok("new".to_owned()));
}

#[test]
fn an_old_value_serves_a_day_beyond_its_end_through_an_outage() {
    for (age, expected) in [
        (10 * MINUTE, Ok("old".to_owned())),
        (10 * MINUTE + 24 * HOUR - SECOND, Ok("old".to_owned())),
        (
            10 * MINUTE + 24 * HOUR,
            Err(Code::IdentityProviderUnavailable),
        ),
    ] {
        let (environment, cached) = fetched();
        environment.answer(KEYS, Err(TransportError::Connect));
        environment.advance(age);
        assert_eq!(now(&environment, &cached), expected, "{age:?}");
    }
}

#[test]
fn in_an_outage_only_the_first_request_of_a_minute_waits() {
    let (environment, cached) = fetched();
    environment.answer(KEYS, Err(TransportError::Timeout));
    environment.advance(10 * MINUTE);
    assert_eq!(now(&environment, &cached), Ok("old".to_owned()));
    environment.hold(KEYS);
    environment.advance(59 * SECOND);
    assert_eq!(at_once(&cached), Some("old".to_owned()));
    environment.run_background();
    assert_eq!(environment.count(KEYS), 3);
}

#[test]
fn a_failed_attempt_holds_back_the_next_for_five_seconds() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, Err(TransportError::Connect));
    let cached = cached(&environment);
    for (wait, attempts) in [
        (Duration::ZERO, 1),
        (5 * SECOND - SECOND / 1000, 1),
        (SECOND / 1000, 2),
        (5 * SECOND, 3),
    ] {
        environment.advance(wait);
        assert_eq!(
            now(&environment, &cached),
            Err(Code::IdentityProviderUnavailable)
        );
        assert_eq!(environment.count(KEYS), attempts);
    }
    environment.answer(KEYS, ok("new"));
    environment.advance(5 * SECOND);
    assert_eq!(now(&environment, &cached), Ok("new".to_owned()));
}

#[test]
fn all_who_wait_get_the_answer_of_one_fetch_also_when_its_starter_is_gone() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    let cached = cached(&environment);
    let mut pool = LocalPool::new();
    let spawner = pool.spawner();
    let starter = spawner
        .spawn_local_with_handle(current(Rc::clone(&cached)))
        .unwrap();
    pool.run_until_stalled();
    let others = [(); 3].map(|()| {
        spawner
            .spawn_local_with_handle(current(Rc::clone(&cached)))
            .unwrap()
    });
    pool.run_until_stalled();
    drop(starter);
    environment.drop_background();
    environment.release(KEYS);
    pool.run_until_stalled();
    for other in others {
        assert_eq!(other.now_or_never(), Some(Ok("new".to_owned())));
    }
    assert_eq!(environment.count(KEYS), 1);
}

#[test]
fn a_fetch_goes_on_when_nobody_waits_for_it() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    let cached = cached(&environment);
    assert_eq!(at_once(&cached), None);
    environment.release(KEYS);
    environment.run_background();
    assert_eq!(at_once(&cached), Some("new".to_owned()));
    assert_eq!(environment.count(KEYS), 1);
}

#[test]
fn a_fetch_that_the_host_has_lost_is_made_again() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    let cached = cached(&environment);
    assert_eq!(at_once(&cached), None);
    environment.drop_background();
    environment.release(KEYS);
    assert_eq!(now(&environment, &cached), Ok("new".to_owned()));
    assert_eq!(environment.count(KEYS), 2);
}

#[test]
fn a_value_known_to_be_out_of_date_serves_only_where_no_newer_one_is_to_be_had() {
    let (environment, cached) = fetched();
    cached.expire();
    environment.answer(KEYS, Err(TransportError::Connect));
    assert_eq!(now(&environment, &cached), Ok("old".to_owned()));
    assert_eq!(environment.count(KEYS), 2);
    environment.answer(KEYS, ok("new"));
    environment.advance(MINUTE);
    assert_eq!(now(&environment, &cached), Ok("new".to_owned()));
}

#[test]
fn a_refusal_says_when_the_next_attempt_is_made() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, Err(TransportError::Connect));
    let cached = cached(&environment);
    for (wait, expected) in [
        (Duration::ZERO, "Try again in 5 seconds."),
        (SECOND / 10, "Try again in 5 seconds."),
        (2 * SECOND, "Try again in 3 seconds."),
        (2 * SECOND, "Try again in 1 second."),
        (SECOND, "Try again in 5 seconds."),
    ] {
        environment.advance(wait);
        let refusal = environment.run(current(Rc::clone(&cached))).unwrap_err();
        let (_, advice) = refusal
            .message()
            .split_once(": could not connect. ")
            .unwrap();
        assert_eq!(advice, expected);
        let seconds = refusal.retry_after().unwrap().as_secs();
        assert!(expected.starts_with(&format!("Try again in {seconds} second")));
    }
    assert_eq!(environment.count(KEYS), 2);
}

#[test]
fn a_request_that_finds_no_place_gets_what_is_known_at_once() {
    let (environment, cached) = fetched();
    environment.advance(10 * MINUTE);
    environment.hold(KEYS);
    let full = Waiters::new(0);
    let mut older = current_with(&full, &cached).boxed_local();
    assert_eq!(poll_once(older.as_mut()), Poll::Ready(Ok("old".to_owned())));
    assert_eq!(environment.count(KEYS), 1, "nobody started a fetch");
}

#[test]
fn a_request_that_finds_neither_a_place_nor_a_value_learns_when_the_fetch_ends() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    let cached = cached(&environment);
    let all = Waiters::new(3);
    let mut waiting: Vec<_> = (0..3)
        .map(|_| current_with(&all, &cached).boxed_local())
        .collect();
    for one in &mut waiting {
        assert!(poll_once(one.as_mut()).is_pending());
    }
    environment.advance(2 * SECOND);
    let refusal = environment.run(current_with(&all, &cached)).unwrap_err();
    let message = format!(
        "The identity provider `{ISSUER}` has not sent its keys (`jwks_uri`) yet, and too many requests wait for it \
         already. Try again in 3 seconds."
    );
    let expected = Refusal::new(Code::IdentityProviderUnavailable, message);
    assert_eq!(refusal, expected.with_retry_after(3 * SECOND));
    environment.release(KEYS);
    for one in waiting {
        assert_eq!(environment.run(one), Ok("new".to_owned()));
    }
    assert_eq!(
        environment.run(current_with(&all, &cached)),
        Ok("new".to_owned())
    );
}

#[test]
fn one_fetch_does_not_take_all_places() {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("new"));
    environment.hold(KEYS);
    let cached = cached(&environment);
    let all = Waiters::new(limits::PROVIDER_WAITERS);
    let mut waiting: Vec<_> = (0..limits::FETCH_WAITERS)
        .map(|_| current_with(&all, &cached).boxed_local())
        .collect();
    for one in &mut waiting {
        assert!(poll_once(one.as_mut()).is_pending());
    }
    let refusal = environment.run(current_with(&all, &cached)).unwrap_err();
    assert_eq!(refusal.retry_after(), Some(5 * SECOND));
    assert!(all.enter().is_some(), "places are left for another fetch");
}

#[test]
fn a_clock_that_was_set_back_keeps_nothing_longer() {
    let (environment, cached) = fetched();
    environment.set_clock(crate::time::UnixTime::from_secs(1));
    environment.answer(KEYS, ok("new"));
    assert_eq!(now(&environment, &cached), Ok("new".to_owned()));
}
