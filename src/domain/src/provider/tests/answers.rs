//! How long an answer about an opaque token is believed, and for whom.

use futures::future::join_all;

use super::support::{
    INTROSPECTION, MINUTE, SECOND, environment, issuer, providers, settings, token,
};
use crate::claims::Claims;
use crate::environment::fake::{START, ok, poll_once, status};
use crate::json::parse_object;
use crate::settings::Settings;

#[test]
fn a_good_token_is_believed_to_its_end_and_a_minute_at_most_and_a_refused_one_ten_seconds() {
    let soon = START.as_secs() + 20;
    for (answer, believed) in [
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
        environment.answer(INTROSPECTION, ok(answer.clone()));
        let providers = providers(&environment);
        let ask = || {
            drop(environment.run(providers.introspect(&issuer(), &settings(), &token("opaque"))))
        };
        ask();
        environment.advance(believed - SECOND / 1000);
        ask();
        assert_eq!(environment.count(INTROSPECTION), 1, "{answer}");
        environment.advance(SECOND / 1000);
        ask();
        assert_eq!(environment.count(INTROSPECTION), 2, "{answer}");
    }
}

#[test]
fn a_token_that_has_ended_and_an_answer_that_is_none_are_asked_for_each_time() {
    let ended = format!(r#"{{"active":true,"exp":{}}}"#, START.as_secs() - 1);
    for answer in [ok(ended), status(500), status(401)] {
        let environment = environment();
        environment.answer(INTROSPECTION, answer);
        let providers = providers(&environment);
        for asked in 1..3 {
            drop(environment.run(providers.introspect(&issuer(), &settings(), &token("opaque"))));
            assert_eq!(environment.count(INTROSPECTION), asked);
        }
    }
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
