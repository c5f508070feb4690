use std::time::Duration;

use serde_json::{Value, json};

use crate::claims::Claims;
use crate::issuer::Issuer;
use crate::oauth::{LogoutExpectation, LogoutTarget, LogoutToken};
use crate::time::UnixTime;

const NOW: u64 = 1_700_000_000;

fn judged(media_type: Option<&str>, changes: Value, skew: u64) -> Result<LogoutToken, String> {
    let mut members = json!({
        "iss": "https://id.example",
        "aud": "chat",
        "iat": NOW,
        "exp": NOW + 120,
        "jti": "j",
        "events": {"http://schemas.openid.net/event/backchannel-logout": {}},
        "sub": "alice",
        "sid": "s",
    });
    let object = members.as_object_mut().expect("an object");
    for (name, value) in changes.as_object().expect("an object") {
        object.insert(name.clone(), value.clone());
    }
    object.retain(|_, value| value != "absent");
    let expected = LogoutExpectation {
        issuer: &Issuer::new("https://id.example"),
        client_id: "chat",
        now: UnixTime::from_secs(NOW),
        clock_skew: Duration::from_secs(skew),
    };
    LogoutToken::judge(media_type, &Claims::new(object.clone()), &expected)
        .map_err(|problem| problem.to_string())
}

#[test]
fn a_good_token_names_a_session_or_a_person() {
    let session = |subject: Option<&str>| LogoutTarget::Session {
        session_id: "s".to_owned(),
        subject: subject.map(str::to_owned),
    };
    let rows = [
        (None, json!({}), session(Some("alice"))),
        (
            Some("jwt"),
            json!({"aud": ["other", "chat"]}),
            session(Some("alice")),
        ),
        (Some("logout+jwt"), json!({"sub": "absent"}), session(None)),
        (
            None,
            json!({"sid": "absent"}),
            LogoutTarget::Person("alice".to_owned()),
        ),
        (
            None,
            json!({"sid": null}),
            LogoutTarget::Person("alice".to_owned()),
        ),
        (None, json!({"iat": NOW - 60}), session(Some("alice"))),
        (None, json!({"iat": NOW + 60}), session(Some("alice"))),
        (None, json!({"exp": NOW - 59}), session(Some("alice"))),
    ];
    for (media_type, changes, target) in rows {
        let token = judged(media_type, changes.clone(), 60)
            .unwrap_or_else(|why| panic!("{changes}: {why}"));
        assert_eq!(
            (token.target, token.jti.as_str()),
            (target, "j"),
            "{changes}"
        );
    }
}

#[test]
fn a_token_is_remembered_until_it_is_refused_anyway() {
    let token = judged(None, json!({"iat": NOW - 5}), 60).expect("a token");
    assert_eq!(token.issued_at, UnixTime::from_secs(NOW - 5));
    assert_eq!(token.expires_at, UnixTime::from_secs(NOW + 180));
}

#[test]
fn without_a_skew_a_token_may_still_be_on_its_way() {
    assert!(judged(None, json!({"iat": NOW - 5}), 0).is_ok());
    let why = judged(None, json!({"iat": NOW - 6}), 0).expect_err("too old");
    assert_eq!(
        why,
        "its `iat` is 6 seconds ago, so it is not a new one, or the clocks of the provider and of the gateway differ"
    );
}

/// The steps of Back-Channel Logout 1.0 §2.6.
#[test]
fn each_step_refuses() {
    const EVENTS: &str = "it must be an object with the member \
        `http://schemas.openid.net/event/backchannel-logout`, which is an object";
    let wrong = |name: &str, found: &str, expected: &str| {
        format!("its `{name}` is {found}; it must be {expected}")
    };
    let audience = "the client `chat`, or have it among others";
    let rows = [
        (Some("at+jwt"), json!({}), wrong("typ", "\"at+jwt\"", "`logout+jwt`, `JWT` or absent")),
        (Some("id+jwt"), json!({}), wrong("typ", "\"id+jwt\"", "`logout+jwt`, `JWT` or absent")),
        (None, json!({"iss": "absent"}), "it has no `iss`".to_owned()),
        (
            None,
            json!({"iss": "https://id.example/"}),
            wrong("iss", "\"https://id.example/\"", "https://id.example"),
        ),
        (None, json!({"iss": ["https://id.example"]}), wrong("iss", "[\"https://id.example\"]", "https://id.example")),
        (None, json!({"aud": "absent"}), "it has no `aud`".to_owned()),
        (None, json!({"aud": "other"}), wrong("aud", "\"other\"", audience)),
        (None, json!({"aud": []}), wrong("aud", "[]", audience)),
        (None, json!({"aud": {"chat": 1}}), wrong("aud", "{\"chat\":1}", audience)),
        (None, json!({"iat": "absent"}), "it has no `iat`".to_owned()),
        (None, json!({"iat": "1700000000"}), wrong("iat", "\"1700000000\"", "a number of seconds since 1970")),
        (None, json!({"iat": -1}), wrong("iat", "-1", "a number of seconds since 1970")),
        (None, json!({"iat": 1e300}), wrong("iat", "1e+300", "a number of seconds since 1970")),
        (
            None,
            json!({"iat": NOW - 61}),
            "its `iat` is 61 seconds ago, so it is not a new one, or the clocks of the provider and of the gateway differ"
                .to_owned(),
        ),
        (
            None,
            json!({"iat": NOW + 61}),
            "its `iat` is 61 seconds in the future: the clocks of the provider and of the gateway differ".to_owned(),
        ),
        (None, json!({"exp": "absent"}), "it has no `exp`".to_owned()),
        (None, json!({"exp": NOW - 60}), "its `exp` passed 60 seconds ago".to_owned()),
        (
            None,
            json!({"sub": "absent", "sid": "absent"}),
            "it names nobody: it has neither `sub` nor `sid`".to_owned(),
        ),
        (None, json!({"sub": ""}), wrong("sub", "\"\"", "a string that is not empty")),
        (None, json!({"sid": 7}), wrong("sid", "7", "a string that is not empty")),
        (None, json!({"events": "absent"}), "it has no `events`".to_owned()),
        (None, json!({"events": {}}), format!("its `events` is {{}}; {EVENTS}")),
        (None, json!({"events": []}), format!("its `events` is []; {EVENTS}")),
        (
            None,
            json!({"events": {"http://schemas.openid.net/event/backchannel-logout": true}}),
            format!("its `events` is {{\"http://schemas.openid.net/event/backchannel-logout\":true}}; {EVENTS}"),
        ),
        (None, json!({"nonce": "n"}), "it has `nonce`, which no logout token has".to_owned()),
        (None, json!({"nonce": null}), "it has `nonce`, which no logout token has".to_owned()),
        (None, json!({"jti": "absent"}), "it has no `jti`".to_owned()),
        (None, json!({"jti": 7}), wrong("jti", "7", "a string that is not empty")),
    ];
    for (media_type, changes, message) in rows {
        assert_eq!(
            judged(media_type, changes.clone(), 60),
            Err(message),
            "{media_type:?} {changes}"
        );
    }
}
