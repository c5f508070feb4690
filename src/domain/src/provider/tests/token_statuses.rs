//! How long an answer about an opaque token is believed, and for whom.

use std::task::Poll;
use std::time::Duration;

use futures::future::join_all;

use super::support::{
    INTROSPECTION, MINUTE, SECOND, environment, issuer, providers, settings, token,
};
use crate::claims::Claims;
use crate::environment::fake::{START, ok, poll_once, status};
use crate::error::{Code, Refusal};
use crate::json::parse_object;
use crate::limits;
use crate::settings::Settings;

#[test]
fn a_good_token_is_believed_to_its_end_and_a_minute_at_most_and_a_refused_one_ten_seconds() {
    let soon = START.as_secs() + 20;
    for (response, believed) in [
        (r#"{"active":true}"#.to_owned(), MINUTE),
        (
            format!(r#"{{"active":true,"exp":{}}}"#, START.as_secs() + 3600),
            MINUTE,
        ),
        (format!(r#"{{"active":true,"exp":{soon}}}"#), 20 * SECOND),
        (
            format!(r#"{{"active":true,"exp":{soon}.5}}"#),
            20 * SECOND + SECOND / 2,
        ),
        (r#"{"active":false}"#.to_owned(), 10 * SECOND),
    ] {
        let environment = environment();
        environment.answer(INTROSPECTION, ok(response.clone()));
        let providers = providers(&environment);
        let ask = || {
            drop(environment.run(providers.introspect(&issuer(), &settings(), &token("opaque"))))
        };
        ask();
        environment.advance(believed - SECOND / 1000);
        ask();
        assert_eq!(environment.count(INTROSPECTION), 1, "{response}");
        environment.advance(SECOND / 1000);
        ask();
        assert_eq!(environment.count(INTROSPECTION), 2, "{response}");
    }
}

#[test]
fn an_expired_token_and_a_failed_fetch_are_asked_for_each_time() {
    let ended = format!(r#"{{"active":true,"exp":{}}}"#, START.as_secs() - 1);
    for response in [ok(ended), status(500), status(401)] {
        let environment = environment();
        environment.answer(INTROSPECTION, response);
        let providers = providers(&environment);
        for count in 1..3 {
            drop(environment.run(providers.introspect(&issuer(), &settings(), &token("opaque"))));
            assert_eq!(environment.count(INTROSPECTION), count);
        }
    }
}

#[test]
fn an_end_that_no_clock_reaches_shortens_or_prolongs_nothing() {
    for (expiry, believed) in [
        ("1e308", MINUTE),
        ("18446744073709551615", MINUTE),
        ("-1", Duration::ZERO),
        ("-1e308", Duration::ZERO),
        ("0", Duration::ZERO),
        // RFC 7662 §2.2 makes it optional; what is not a number is refused where the claims are judged.
        (r#""soon""#, MINUTE),
        ("null", MINUTE),
    ] {
        let environment = environment();
        environment.answer(
            INTROSPECTION,
            ok(format!(r#"{{"active":true,"exp":{expiry}}}"#)),
        );
        let providers = providers(&environment);
        let ask = || {
            drop(environment.run(providers.introspect(&issuer(), &settings(), &token("opaque"))));
            environment.count(INTROSPECTION)
        };
        assert_eq!(ask(), 1);
        if believed.is_zero() {
            assert_eq!(ask(), 2, "{expiry}");
            continue;
        }
        environment.advance(believed - SECOND / 1000);
        assert_eq!(ask(), 1, "{expiry}");
        environment.advance(SECOND / 1000);
        assert_eq!(ask(), 2, "{expiry}");
    }
}

#[test]
fn what_is_kept_about_tokens_takes_bounded_memory_and_the_newest_stay() {
    // Text of 60 KiB that takes 1.5 MiB when it is parsed.
    let zeros = vec!["0"; 30 * 1024].join(",");
    let response = format!(r#"{{"active":true,"roles":[{zeros}]}}"#);
    let kept = limits::TOKEN_STATUSES_MEMORY / (response.len() + 100);
    let environment = environment();
    environment.answer(INTROSPECTION, ok(response));
    let providers = providers(&environment);
    let is_known = |number: usize| {
        let before = environment.count(INTROSPECTION);
        let token = token(&format!("opaque-{number}"));
        assert!(
            environment
                .run(providers.introspect(&issuer(), &settings(), &token))
                .is_ok()
        );
        environment.count(INTROSPECTION) == before
    };
    for number in 0..=kept {
        assert!(!is_known(number));
    }
    assert!(is_known(kept), "the newest is known");
    assert!(is_known(1), "{kept} are known");
    assert!(!is_known(0), "the oldest is forgotten");
}

#[test]
fn tokens_that_wait_for_a_hanging_provider_take_a_bounded_number_of_places() {
    let environment = environment();
    environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
    let providers = providers(&environment);
    let (issuer, settings) = (issuer(), settings());
    let known = token("known");
    assert!(
        environment
            .run(providers.introspect(&issuer, &settings, &known))
            .is_ok()
    );
    environment.hold(INTROSPECTION);
    let tokens: Vec<_> = (0..1000)
        .map(|number| token(&format!("made-up-{number}")))
        .collect();
    let mut flood: Vec<_> = tokens
        .iter()
        .map(|token| Box::pin(providers.introspect(&issuer, &settings, token)))
        .collect();
    environment.advance(2 * SECOND);
    let refused: Vec<_> = flood
        .iter_mut()
        .filter_map(|one| match poll_once(one.as_mut()) {
            Poll::Ready(result) => Some(result.unwrap_err()),
            Poll::Pending => None,
        })
        .collect();
    let message = format!(
        "The identity provider `{issuer}` has not sent its introspection response yet, and too many requests wait for it \
         already. Try again in 5 seconds."
    );
    let expected =
        Refusal::new(Code::IdentityProviderUnavailable, message).with_retry_after(5 * SECOND);
    assert_eq!(refused, vec![expected; 1000 - limits::PROVIDER_WAITERS]);
    assert_eq!(
        environment.count(INTROSPECTION),
        1 + limits::PROVIDER_WAITERS
    );
    let mut known = Box::pin(providers.introspect(&issuer, &settings, &known));
    assert!(
        poll_once(known.as_mut()).is_ready(),
        "a known token does not wait"
    );
}

#[test]
fn an_answer_serves_only_the_same_token_under_the_same_settings() {
    let environment = environment();
    environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
    let providers = providers(&environment);
    let other = Settings {
        digest: [8; 32],
        ..settings()
    };
    let long = "a".repeat(4096);
    for (settings, text) in [
        (settings(), "opaque".to_owned()),
        (settings(), long.clone() + "b"),
        (settings(), long + "c"),
        (other, "opaque".to_owned()),
    ] {
        let before = environment.count(INTROSPECTION);
        for _ in 0..2 {
            assert!(
                environment
                    .run(providers.introspect(&issuer(), &settings, &token(&text)))
                    .is_ok()
            );
        }
        assert_eq!(environment.count(INTROSPECTION), before + 1);
    }
}

#[test]
fn requests_with_the_same_token_wait_for_one_answer() {
    let environment = environment();
    environment.answer(INTROSPECTION, ok(r#"{"active":true}"#));
    environment.hold(INTROSPECTION);
    let providers = providers(&environment);
    let (issuer, settings, token) = (issuer(), settings(), token("opaque"));
    let mut gone = Box::pin(providers.introspect(&issuer, &settings, &token));
    let mut all = Box::pin(join_all(
        [(); 3].map(|()| providers.introspect(&issuer, &settings, &token)),
    ));
    assert!(poll_once(gone.as_mut()).is_pending());
    environment.run_background();
    assert!(poll_once(all.as_mut()).is_pending());
    drop(gone);
    environment.release(INTROSPECTION);
    let active = Claims::new(parse_object(br#"{"active":true}"#, 1).unwrap());
    assert_eq!(environment.run(all), vec![Ok(active.clone()); 3]);
    assert_eq!(environment.count(INTROSPECTION), 1);
}
