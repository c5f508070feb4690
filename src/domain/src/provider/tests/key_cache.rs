//! Which tokens cost an identity provider a request, and which keys are known after it.

use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;

use super::support::{KEYS, MINUTE, SECOND, cached};
use crate::environment::TransportError;
use crate::environment::fake::{FakeEnvironment, START, ok, poll_once};
use crate::error::Code;
use crate::jose::{Algorithm, Header};
use crate::provider::key_cache::KeyCache;
use crate::provider::unknown_keys::{UnknownKeys, Wanted};

type Keys = KeyCache<String>;

/// Whether the set, a text of key ids, has the key.
async fn find(keys: &Keys, key_id: &str) -> Result<bool, Code> {
    let select = |set: &String| set.split(' ').find(|id| *id == key_id).map(drop);
    let found = keys.find(&wanted(key_id), select).await;
    found
        .map(|found| found.is_ok())
        .map_err(|refusal| refusal.code())
}

fn wanted(key_id: &str) -> Wanted {
    let header = Header {
        algorithm: Algorithm::Rs256,
        key_id: Some(key_id.to_owned()),
        media_type: None,
    };
    (&header).into()
}

/// A provider with one key, which the gateway has already used.
fn warm() -> (Rc<FakeEnvironment>, Keys) {
    let (environment, keys) = cold();
    assert_eq!(environment.run(find(&keys, "first")), Ok(true));
    (environment, keys)
}

fn cold() -> (Rc<FakeEnvironment>, Keys) {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, ok("first"));
    let keys = KeyCache::new(environment.clone(), cached(&environment));
    (environment, keys)
}

#[test]
fn a_rotated_key_is_taken_by_its_first_token() {
    let (environment, keys) = warm();
    environment.answer(KEYS, ok("first second"));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
    assert_eq!(environment.count(KEYS), 2);
}

#[test]
fn a_flood_of_random_keys_costs_two_requests_a_minute() {
    for (environment, keys) in [warm(), cold()] {
        let step = Duration::from_millis(100);
        let minutes: Vec<_> = (0..10)
            .map(|minute| {
                let before = environment.count(KEYS);
                for number in 0..600 {
                    assert_eq!(
                        environment.run(find(&keys, &format!("random-{minute}-{number}"))),
                        Ok(false)
                    );
                    environment.run_background();
                    environment.advance(step);
                }
                environment.count(KEYS) - before
            })
            .collect();
        assert_eq!(minutes, [2; 10]);
    }
}

#[test]
fn a_flood_of_random_keys_costs_two_attempts_a_minute_in_an_outage_too() {
    for age in [Duration::ZERO, 9 * MINUTE, 10 * MINUTE] {
        let (environment, keys) = warm();
        environment.advance(age);
        environment.answer(KEYS, Err(TransportError::Connect));
        let minutes: Vec<_> = (0..10)
            .map(|minute| {
                let before = environment.count(KEYS);
                for number in 0..600 {
                    assert_eq!(
                        environment.run(find(&keys, &format!("random-{minute}-{number}"))),
                        Err(Code::IdentityProviderUnavailable)
                    );
                    environment.run_background();
                    environment.advance(SECOND / 10);
                }
                assert_eq!(environment.run(find(&keys, "first")), Ok(true));
                environment.count(KEYS) - before
            })
            .collect();
        assert_eq!(minutes, [2; 10], "keys of {age:?}");
    }
}

#[test]
fn a_provider_that_returns_is_used_at_the_next_attempt() {
    let waits = |(environment, keys): (Rc<FakeEnvironment>, Keys), outage: u32| {
        environment.answer(KEYS, Err(TransportError::Connect));
        for second in 0.. {
            if second == outage {
                environment.answer(KEYS, ok("second"));
            }
            if environment.run(find(&keys, "second")) == Ok(true) {
                return second;
            }
            environment.advance(SECOND);
        }
        unreachable!("the key is found one day")
    };
    for (outage, where_others_serve, where_none_serve) in
        [(1, 5, 5), (6, 60, 10), (61, 65, 65), (66, 120, 70)]
    {
        assert_eq!(waits(warm(), outage), where_others_serve, "{outage} s");
        assert_eq!(waits(cold(), outage), where_none_serve, "{outage} s");
    }
}

#[test]
fn thirty_seconds_after_a_request_in_vain_the_next_unknown_key_is_asked_for() {
    let (environment, keys) = warm();
    assert_eq!(environment.run(find(&keys, "random")), Ok(false));
    environment.answer(KEYS, ok("second"));
    environment.advance(30 * SECOND - Duration::from_millis(1));
    assert_eq!(environment.run(find(&keys, "second")), Ok(false));
    environment.advance(Duration::from_millis(1));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
    assert_eq!(environment.count(KEYS), 3);
}

#[test]
fn a_request_that_found_its_key_cools_down_too() {
    let (environment, keys) = warm();
    environment.answer(KEYS, ok("second"));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
    assert_eq!(environment.run(find(&keys, "random")), Ok(false));
    assert_eq!(environment.count(KEYS), 2);
}

#[test]
fn a_withdrawn_key_that_is_sent_all_the_time_costs_ever_less_and_keeps_no_rotated_key_out() {
    let (environment, keys) = warm();
    let mut asked_at = Vec::new();
    for second in 0..600 {
        let before = environment.count(KEYS);
        assert_eq!(environment.run(find(&keys, "withdrawn")), Ok(false));
        if environment.count(KEYS) > before {
            asked_at.push(second);
        }
        environment.advance(SECOND);
    }
    assert_eq!(asked_at, [0, 30, 90, 210, 450]);
    environment.answer(KEYS, ok("second"));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
}

#[test]
fn a_key_that_is_published_late_is_taken_after_the_cool_down() {
    let (environment, keys) = warm();
    assert_eq!(environment.run(find(&keys, "late")), Ok(false));
    environment.answer(KEYS, ok("first late"));
    environment.advance(30 * SECOND);
    assert_eq!(environment.run(find(&keys, "late")), Ok(true));
}

#[test]
fn what_was_fetched_for_this_very_token_is_not_fetched_again() {
    let (environment, keys) = cold();
    assert_eq!(environment.run(find(&keys, "random")), Ok(false));
    assert_eq!(environment.count(KEYS), 1);
}

#[test]
fn tokens_with_unknown_keys_wait_for_one_fetch() {
    let (environment, keys) = warm();
    environment.answer(KEYS, ok("second third"));
    environment.hold(KEYS);
    let mut all = join_all(["second", "third", "random"].map(|id| find(&keys, id))).boxed_local();
    assert!(poll_once(all.as_mut()).is_pending());
    environment.release(KEYS);
    assert_eq!(environment.run(all), [Ok(true), Ok(true), Ok(false)]);
    assert_eq!(environment.count(KEYS), 2);
}

#[test]
fn an_answer_that_was_asked_for_before_the_token_came_does_not_speak_against_it() {
    let (environment, keys) = warm();
    environment.advance(9 * MINUTE);
    environment.hold(KEYS);
    assert_eq!(environment.run(find(&keys, "first")), Ok(true));
    environment.run_background();
    environment.answer_once(KEYS, ok("first"));
    environment.answer(KEYS, ok("first second"));
    let mut token = find(&keys, "second").boxed_local();
    assert!(poll_once(token.as_mut()).is_pending());
    environment.release(KEYS);
    assert_eq!(environment.run(token), Ok(true));
    assert_eq!(environment.count(KEYS), 3);
}

#[test]
fn a_provider_that_cannot_be_asked_for_an_unknown_key_is_asked_again_after_five_seconds() {
    let (environment, keys) = warm();
    environment.answer(KEYS, Err(TransportError::Connect));
    assert_eq!(
        environment.run(find(&keys, "second")),
        Err(Code::IdentityProviderUnavailable)
    );
    assert_eq!(
        environment.run(find(&keys, "second")),
        Err(Code::IdentityProviderUnavailable)
    );
    assert_eq!(environment.run(find(&keys, "first")), Ok(true));
    assert_eq!(environment.count(KEYS), 2);
    environment.answer(KEYS, ok("second"));
    environment.advance(5 * SECOND);
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
}

#[test]
fn only_the_failure_of_its_own_fetch_ends_a_cool_down() {
    for (failed, may_ask) in [(1, true), (2, false)] {
        let mut unknown = UnknownKeys::new();
        unknown.asked(1, START);
        unknown.failed(failed);
        assert_eq!(
            unknown.may_ask(&wanted("second"), START.plus(SECOND)),
            may_ask,
            "fetch {failed}"
        );
    }
}

#[test]
fn absent_keys_take_bounded_memory() {
    let mut unknown = UnknownKeys::new();
    for number in 0..65 {
        unknown.absent(wanted(&format!("random-{number}")), 1, START);
    }
    unknown.failed(1);
    assert!(
        unknown.may_ask(&wanted("random-0"), START),
        "the oldest of 65 is forgotten"
    );
    assert!(
        !unknown.may_ask(&wanted("random-1"), START),
        "64 are remembered"
    );
}
