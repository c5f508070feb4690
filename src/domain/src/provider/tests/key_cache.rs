//! Which tokens cost an identity provider a request, and which keys are known after it.

use std::collections::HashSet;
use std::rc::Rc;
use std::task::Poll;
use std::time::Duration;

use futures::FutureExt;
use futures::future::join_all;

use super::support::{ISSUER, KEYS, MINUTE, SECOND, cached_keys, es256, key_set, target};
use crate::environment::TransportError;
use crate::environment::fake::{FakeEnvironment, FetchResult, START, ok, poll_once};
use crate::error::{Code, Refusal};
use crate::jose::{Algorithm, Header};
use crate::limits;
use crate::provider::key_cache::{KeyCache, Selection};
use crate::provider::unknown_keys::{KeyReference, UnknownKeys};
use crate::single_flight::Waiters;

/// The keys of a provider, and those who wait for them.
struct Keys {
    cache: KeyCache,
    waiters: Waiters,
}

/// Whether the set has the key.
async fn find(keys: &Keys, key_id: &str) -> Result<bool, Code> {
    let refusal = refusal_or_key(keys, key_id).await;
    refusal.map_err(|refusal| refusal.code())
}

async fn refusal_or_key(keys: &Keys, key_id: &str) -> Result<bool, Refusal> {
    let selection = keys.cache.find(&es256(key_id), &keys.waiters).await;
    selection
        .map(|selection| matches!(selection, Selection::Key(_)))
        .map_err(|failure| keys.cache.cached().refusal(&failure))
}

fn reference(key_id: &str) -> KeyReference {
    (&es256(key_id)).into()
}

/// A response with the keys of these ids.
fn set(key_ids: &[&str]) -> FetchResult {
    ok(key_set(key_ids))
}

/// A provider with one key, which the gateway has already used.
fn warm() -> (Rc<FakeEnvironment>, Keys) {
    let (environment, keys) = cold();
    assert_eq!(environment.run(find(&keys, "first")), Ok(true));
    (environment, keys)
}

fn cold() -> (Rc<FakeEnvironment>, Keys) {
    let environment = FakeEnvironment::new();
    environment.answer(KEYS, set(&["first"]));
    let cached = cached_keys(&environment);
    let keys = Keys {
        cache: KeyCache::new(environment.clone(), target(), cached),
        waiters: Waiters::new(1000),
    };
    (environment, keys)
}

#[test]
fn a_rotated_key_is_taken_by_its_first_token() {
    let (environment, keys) = warm();
    environment.answer(KEYS, set(&["first", "second"]));
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
                environment.answer(KEYS, set(&["second"]));
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
    environment.answer(KEYS, set(&["second"]));
    environment.advance(30 * SECOND - Duration::from_millis(1));
    assert_eq!(environment.run(find(&keys, "second")), Ok(false));
    environment.advance(Duration::from_millis(1));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
    assert_eq!(environment.count(KEYS), 3);
}

#[test]
fn a_request_that_found_its_key_cools_down_too() {
    let (environment, keys) = warm();
    environment.answer(KEYS, set(&["second"]));
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
    environment.answer(KEYS, set(&["second"]));
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
}

#[test]
fn a_key_that_is_published_late_is_taken_after_the_cool_down() {
    let (environment, keys) = warm();
    assert_eq!(environment.run(find(&keys, "late")), Ok(false));
    environment.answer(KEYS, set(&["first", "late"]));
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
    environment.answer(KEYS, set(&["second", "third"]));
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
    environment.answer_once(KEYS, set(&["first"]));
    environment.answer(KEYS, set(&["first", "second"]));
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
    environment.answer(KEYS, set(&["second"]));
    environment.advance(5 * SECOND);
    assert_eq!(environment.run(find(&keys, "second")), Ok(true));
}

#[test]
fn a_refusal_in_an_outage_says_when_an_unknown_key_is_asked_for_again() {
    let (environment, keys) = warm();
    environment.answer(KEYS, Err(TransportError::Connect));
    for (wait, seconds, attempts) in [
        (Duration::ZERO, 5, 2),
        (2 * SECOND, 3, 2),
        // The second failure within a minute: known keys serve, so there is no hurry.
        (3 * SECOND, 55, 3),
        (4 * SECOND + SECOND / 2, 51, 3),
        (50 * SECOND + SECOND / 2, 5, 4),
    ] {
        environment.advance(wait);
        let refusal = environment
            .run(refusal_or_key(&keys, "second"))
            .unwrap_err();
        let message = format!(
            "The identity provider `{ISSUER}` gave no keys (`jwks_uri`): could not connect. Try again in {seconds} \
             seconds."
        );
        let expected = Refusal::new(Code::IdentityProviderUnavailable, message)
            .with_retry_after(seconds * SECOND);
        assert_eq!(refusal, expected);
        assert_eq!(environment.count(KEYS), attempts);
    }
}

#[test]
fn a_flood_of_unknown_keys_at_a_hanging_provider_makes_no_known_key_wait() {
    for (places, waiting) in [(limits::PROVIDER_WAITERS, limits::FETCH_WAITERS), (3, 3)] {
        let (environment, mut keys) = warm();
        keys.waiters = Waiters::new(places);
        environment.hold(KEYS);
        let ids: Vec<_> = (0..1000).map(|number| format!("random-{number}")).collect();
        let mut flood: Vec<_> = ids.iter().map(|id| find(&keys, id).boxed_local()).collect();
        let mut refused = Vec::new();
        for one in &mut flood {
            if let Poll::Ready(result) = poll_once(one.as_mut()) {
                refused.push(result);
            }
        }
        let expected = Err(Code::IdentityProviderUnavailable);
        assert_eq!(refused, vec![expected; 1000 - waiting], "{places} places");
        let mut known = find(&keys, "first").boxed_local();
        assert_eq!(poll_once(known.as_mut()), Poll::Ready(Ok(true)));
        assert_eq!(environment.count(KEYS), 2);
    }
}

#[test]
fn a_request_without_a_place_does_not_count_as_a_failed_fetch() {
    let (environment, keys) = warm();
    environment.answer(KEYS, set(&["second"]));
    environment.hold(KEYS);
    let mut waiting: Vec<_> = (0..limits::FETCH_WAITERS)
        .map(|_| find(&keys, "second").boxed_local())
        .collect();
    for one in &mut waiting {
        assert!(poll_once(one.as_mut()).is_pending());
    }
    let crowded = Err(Code::IdentityProviderUnavailable);
    assert_eq!(environment.run(find(&keys, "random")), crowded);
    environment.release(KEYS);
    for one in waiting {
        assert_eq!(environment.run(one), Ok(true));
    }
    assert_eq!(environment.run(find(&keys, "random")), Ok(false));
    assert_eq!(environment.count(KEYS), 2, "the pause goes on");
}

#[test]
fn a_key_reference_takes_the_same_memory_however_long_the_key_id_is_and_confuses_none() {
    let unnamed = Header {
        key_id: None,
        ..es256("")
    };
    let other = Header {
        algorithm: Algorithm::Rs256,
        ..es256("one")
    };
    let headers = [
        es256("one"),
        es256("two"),
        es256(""),
        unnamed,
        other,
        es256(&"a".repeat(4000)),
    ];
    let references: HashSet<_> = headers.iter().map(KeyReference::from).collect();
    assert_eq!(references.len(), headers.len());
    assert_eq!(size_of::<KeyReference>(), 32);
}

#[test]
fn only_the_failure_of_its_own_fetch_ends_a_cool_down() {
    for (failed, may_ask) in [(1, true), (2, false)] {
        let mut unknown = UnknownKeys::new();
        unknown.start(1, START);
        unknown.fail(failed);
        assert_eq!(
            unknown.may_ask(reference("second"), START.plus(SECOND)),
            may_ask,
            "fetch {failed}"
        );
    }
}

#[test]
fn absent_keys_take_bounded_memory() {
    let mut unknown = UnknownKeys::new();
    for number in 0..65 {
        unknown.note_absent(reference(&format!("random-{number}")), 1, START);
    }
    unknown.fail(1);
    assert!(
        unknown.may_ask(reference("random-0"), START),
        "the oldest of 65 is forgotten"
    );
    assert!(
        !unknown.may_ask(reference("random-1"), START),
        "64 are remembered"
    );
}
