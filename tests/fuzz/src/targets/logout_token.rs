//! The content of a logout token (Back-Channel Logout 1.0 §2.6). The first line of an input is the header's `typ`.

use std::time::Duration;

use gateway_domain::claims::Claims;
use gateway_domain::issuer::Issuer;
use gateway_domain::json::parse_object;
use gateway_domain::limits;
use gateway_domain::oauth::{LogoutExpectation, LogoutTarget, LogoutToken};
use gateway_domain::time::UnixTime;
use serde_json::Value;

use crate::reading::{object, two_lines};

/// 2026-01-01T00:00:00Z.
const NOW: u64 = 1_767_225_600;
const SKEW: u64 = 60;

pub(crate) fn check(input: &[u8]) {
    let Some((media_type, payload)) = two_lines(input) else {
        return;
    };
    let Ok(members) = parse_object(payload.as_bytes(), limits::CLAIMS_DEPTH) else {
        return;
    };
    let issuer = Issuer::new("https://a.example");
    let expected = LogoutExpectation {
        issuer: &issuer,
        client_id: "c",
        now: UnixTime::from_secs(NOW),
        clock_skew: Duration::from_secs(SKEW),
    };
    let media_type = Some(media_type).filter(|media_type| !media_type.is_empty());
    match LogoutToken::judge(media_type, &Claims::new(members), &expected) {
        Ok(token) => assert_is_meant(&token, media_type, payload),
        Err(problem) => assert!(!problem.to_string().is_empty()),
    }
}

fn assert_is_meant(token: &LogoutToken, media_type: Option<&str>, payload: &str) {
    assert!(matches!(media_type, None | Some("jwt" | "logout+jwt")));
    let members = object(payload.as_bytes()).expect("an object");
    let claim = |name: &str| members.get(name).filter(|value| !value.is_null());
    assert_eq!(claim("iss"), Some(&Value::from("https://a.example")));
    let audience = claim("aud").expect("an audience");
    let has_client = |all: &Vec<Value>| all.contains(&Value::from("c"));
    assert!(audience == "c" || audience.as_array().is_some_and(has_client));
    assert!(!members.contains_key("nonce"));
    assert_eq!(claim("jti"), Some(&Value::from(token.jti.as_str())));
    let now = UnixTime::from_secs(NOW);
    let skew = Duration::from_secs(SKEW);
    assert!(now.since(token.issued_at) <= skew && token.issued_at.since(now) <= skew);
    assert!(now < token.expires_at);
    let events = claim("events").expect("events");
    let event = events.get("http://schemas.openid.net/event/backchannel-logout");
    assert!(event.is_some_and(Value::is_object));
    let (session_id, subject) = match &token.target {
        LogoutTarget::Session {
            session_id,
            subject,
        } => (Some(session_id), subject.as_ref()),
        LogoutTarget::Person(subject) => (None, Some(subject)),
    };
    assert!(session_id.or(subject).is_some_and(|name| !name.is_empty()));
    assert_eq!(
        claim("sid").and_then(Value::as_str),
        session_id.map(String::as_str)
    );
    assert_eq!(
        claim("sub").and_then(Value::as_str),
        subject.map(String::as_str)
    );
}
