//! How tokens are revoked when somebody signs out.

use http::Method;
use serde_json::json;

use super::super::support::SECOND;
use super::metadata::of_kind;
use super::{REVOCATION, Stage, access_token, document, settings, sign_in};
use crate::environment::fake::{FetchResult, ok, poll_once, status};
use crate::environment::{LogLevel, TransportError};
use crate::oauth::{RefreshToken, RevokedToken};

fn revoke(stage: &Stage) {
    let token = RefreshToken::new("refresh+token".to_owned());
    let sign_in = sign_in(&stage.settings);
    let token = RevokedToken::Refresh(&token);
    let revocation = stage.providers.revoke(&stage.settings, &sign_in, token);
    stage.environment.run(revocation);
}

#[test]
fn the_refresh_token_goes_to_the_revocation_endpoint() {
    let stage = Stage::new(settings(&json!({})), document(""));
    stage.environment.answer(REVOCATION, ok(""));
    revoke(&stage);
    let expected = "token=refresh%2Btoken&token_type_hint=refresh_token";
    let mut found = stage.bodies(REVOCATION);
    let sent = stage.environment.exchanges().pop().unwrap();
    assert_eq!(sent.method, Method::POST);
    assert!(sent.headers.contains_key("authorization"));
    assert_eq!(sent.limits.total, 2 * SECOND);
    assert_eq!(found.pop().as_deref(), Some(expected));
}

#[test]
fn github_is_told_with_the_apps_own_credentials() {
    let stage = Stage::new(
        of_kind("github", "https://github.com", &json!({})),
        String::new(),
    );
    let url = "https://api.github.com/applications/chat%20app/token";
    stage.environment.answer(url, status(204));
    let (sign_in, token) = (sign_in(&stage.settings), access_token());
    let token = RevokedToken::Access(&token);
    let revocation = stage.providers.revoke(&stage.settings, &sign_in, token);
    stage.environment.run(revocation);
    let sent = stage.environment.exchanges().pop().unwrap();
    assert_eq!((sent.method, sent.url.as_str()), (Method::DELETE, url));
    let authorization = sent.headers["authorization"].to_str().unwrap();
    assert!(authorization.starts_with("Basic "));
    assert_eq!(sent.body, br#"{"access_token":"access-token"}"#);
}

#[test]
fn nothing_depends_on_the_outcome_but_the_log() {
    let rows: [(FetchResult, LogLevel, &str); 4] = [
        (status(200), LogLevel::Debug, r#""outcome":"ok""#),
        (status(400), LogLevel::Warn, "status 400"),
        (status(503), LogLevel::Warn, "status 503"),
        (
            Err(TransportError::Connect),
            LogLevel::Warn,
            "could not connect",
        ),
    ];
    for (response, level, text) in rows {
        let stage = Stage::new(settings(&json!({})), document(""));
        stage.environment.answer(REVOCATION, response);
        revoke(&stage);
        let (found, line) = stage.environment.lines().pop().unwrap();
        assert_eq!(found, level);
        assert!(
            line.contains(r#""document":"revocation""#) && line.contains(text),
            "{line}"
        );
        assert!(!line.contains("refresh+token"));
    }
}

#[test]
fn a_provider_without_the_endpoint_is_not_asked_and_one_that_hangs_is_left_after_two_seconds() {
    let both = r#","authorization_endpoint":"https://id.example.com/a","token_endpoint":"https://id.example.com/t""#;
    let stage = Stage::new(settings(&json!({})), super::super::support::document(both));
    revoke(&stage);
    assert_eq!(stage.environment.urls(), [super::DISCOVERY]);

    let stage = Stage::new(settings(&json!({})), document(""));
    stage.environment.hold(REVOCATION);
    let token = RefreshToken::new("refresh+token".to_owned());
    let sign_in = sign_in(&stage.settings);
    let token = RevokedToken::Refresh(&token);
    let revocation = stage.providers.revoke(&stage.settings, &sign_in, token);
    let mut revocation = Box::pin(revocation);
    for _ in 0..4 {
        assert!(poll_once(revocation.as_mut()).is_pending());
        stage.environment.run_background();
    }
    stage.environment.advance(2 * SECOND);
    assert!(poll_once(revocation.as_mut()).is_ready());
}
