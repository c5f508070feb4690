//! When a value is fetched, who waits for it, and how long it serves.

use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use futures::executor::LocalPool;
use futures::task::LocalSpawnExt;

use super::support::{HOUR, KEYS, MINUTE, SECOND, cached};
use crate::error::{Code, Refusal};
use crate::host::fake::{FakeHost, ok, poll_once};
use crate::host::{LogLevel, TransportError};
use crate::provider::cached::Cached;

async fn current(cached: Rc<Cached<FakeHost, String>>) -> Result<String, Refusal> {
    cached
        .current(LogLevel::Info)
        .await
        .map(|held| held.value.to_string())
}

fn now(host: &FakeHost, cached: &Rc<Cached<FakeHost, String>>) -> Result<String, Code> {
    host.run(current(Rc::clone(cached)))
        .map_err(|refusal| refusal.code())
}

/// The value, only if nobody has to wait for it.
fn at_once(cached: &Rc<Cached<FakeHost, String>>) -> Option<String> {
    match poll_once(current(Rc::clone(cached)).boxed_local().as_mut()) {
        Poll::Ready(value) => Some(value.unwrap()),
        Poll::Pending => None,
    }
}

/// A host and a value that was fetched just now.
fn fetched() -> (Rc<FakeHost>, Rc<Cached<FakeHost, String>>) {
    let host = FakeHost::new();
    host.answer(KEYS, ok("old"));
    let cached = cached(&host);
    assert_eq!(now(&host, &cached), Ok("old".to_owned()));
    (host, cached)
}

#[test]
fn a_fresh_value_is_not_fetched_again() {
    let (host, cached) = fetched();
    host.advance(8 * MINUTE - SECOND);
    assert_eq!(at_once(&cached), Some("old".to_owned()));
    host.run_background();
    assert_eq!(host.count(KEYS), 1);
}

#[test]
fn a_value_is_renewed_ahead_of_its_end_and_nobody_waits_for_that() {
    let (host, cached) = fetched();
    host.advance(8 * MINUTE);
    host.answer(KEYS, ok("new"));
    host.hold(KEYS);
    for _ in 0..3 {
        assert_eq!(at_once(&cached), Some("old".to_owned()));
        host.run_background();
    }
    assert_eq!(host.count(KEYS), 2);
    host.release(KEYS);
    host.run_background();
    assert_eq!(at_once(&cached), Some("new".to_owned()));
}

#[test]
fn a_value_past_its_end_is_not_used_where_a_newer_one_is_to_be_had() {
    let (host, cached) = fetched();
    host.advance(10 * MINUTE);
    host.answer(KEYS, ok("new"));
    host.hold(KEYS);
    assert_eq!(at_once(&cached), None);
    host.release(KEYS);
    assert_eq!(now(&host, &cached), Ok("new".to_owned()));
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
        let (host, cached) = fetched();
        host.answer(KEYS, Err(TransportError::Connect));
        host.advance(age);
        assert_eq!(now(&host, &cached), expected, "{age:?}");
    }
}

#[test]
fn in_an_outage_only_the_first_request_of_a_minute_waits() {
    let (host, cached) = fetched();
    host.answer(KEYS, Err(TransportError::Timeout));
    host.advance(10 * MINUTE);
    assert_eq!(now(&host, &cached), Ok("old".to_owned()));
    host.hold(KEYS);
    host.advance(59 * SECOND);
    assert_eq!(at_once(&cached), Some("old".to_owned()));
    host.run_background();
    assert_eq!(host.count(KEYS), 3);
}

#[test]
fn a_failed_attempt_holds_back_the_next_for_five_seconds() {
    let host = FakeHost::new();
    host.answer(KEYS, Err(TransportError::Connect));
    let cached = cached(&host);
    for (wait, attempts) in [
        (Duration::ZERO, 1),
        (5 * SECOND - SECOND / 1000, 1),
        (SECOND / 1000, 2),
        (5 * SECOND, 3),
    ] {
        host.advance(wait);
        assert_eq!(now(&host, &cached), Err(Code::IdentityProviderUnavailable));
        assert_eq!(host.count(KEYS), attempts);
    }
    host.answer(KEYS, ok("new"));
    host.advance(5 * SECOND);
    assert_eq!(now(&host, &cached), Ok("new".to_owned()));
}

#[test]
fn all_who_wait_get_the_answer_of_one_fetch_also_when_its_starter_is_gone() {
    let host = FakeHost::new();
    host.answer(KEYS, ok("new"));
    host.hold(KEYS);
    let cached = cached(&host);
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
    host.drop_background();
    host.release(KEYS);
    pool.run_until_stalled();
    for other in others {
        assert_eq!(other.now_or_never(), Some(Ok("new".to_owned())));
    }
    assert_eq!(host.count(KEYS), 1);
}

#[test]
fn a_fetch_goes_on_when_nobody_waits_for_it() {
    let host = FakeHost::new();
    host.answer(KEYS, ok("new"));
    host.hold(KEYS);
    let cached = cached(&host);
    assert_eq!(at_once(&cached), None);
    host.release(KEYS);
    host.run_background();
    assert_eq!(at_once(&cached), Some("new".to_owned()));
    assert_eq!(host.count(KEYS), 1);
}

#[test]
fn a_fetch_that_the_host_has_lost_is_made_again() {
    let host = FakeHost::new();
    host.answer(KEYS, ok("new"));
    host.hold(KEYS);
    let cached = cached(&host);
    assert_eq!(at_once(&cached), None);
    host.drop_background();
    host.release(KEYS);
    assert_eq!(now(&host, &cached), Ok("new".to_owned()));
    assert_eq!(host.count(KEYS), 2);
}

#[test]
fn a_value_known_to_be_out_of_date_serves_only_where_no_newer_one_is_to_be_had() {
    let (host, cached) = fetched();
    cached.expire();
    host.answer(KEYS, Err(TransportError::Connect));
    assert_eq!(now(&host, &cached), Ok("old".to_owned()));
    assert_eq!(host.count(KEYS), 2);
    host.answer(KEYS, ok("new"));
    host.advance(MINUTE);
    assert_eq!(now(&host, &cached), Ok("new".to_owned()));
}

#[test]
fn a_clock_that_was_set_back_keeps_nothing_longer() {
    let (host, cached) = fetched();
    host.set_clock(crate::time::UnixTime::from_secs(1));
    host.answer(KEYS, ok("new"));
    assert_eq!(now(&host, &cached), Ok("new".to_owned()));
}
