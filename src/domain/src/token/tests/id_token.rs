//! The ID token of a login and of a refresh.

use serde_json::{Value, json};

use super::{CLIENT, ISSUER, NOW, claims, settings};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::jose::{Algorithm, Header};
use crate::oauth::{AccessToken, NonceHash};
use crate::time::UnixTime;
use crate::token::id_token::{
    LoginExpectation, RefreshExpectation, Refreshed, accept_login, accept_refresh, accept_userinfo,
    auth_time,
};
use crate::token::{Accepted, judge};

const NONCE: &str = "n-0S6_WzA2Mj";
/// OpenID Connect Core appendix A.3, whose ID token has this `at_hash` of this access token.
const ACCESS_TOKEN: &str = "jHkWEdUXMU1BwAsC4vtUsZwnNvTIxEl0z9K3vx5KF0Y";
const AT_HASH: &str = "77QmUPtjPfzWtF2AnpK9RQ";

fn header(algorithm: Algorithm) -> Header {
    Header {
        algorithm,
        key_id: None,
        media_type: None,
    }
}

/// The claims of a new ID token, with `changes`.
fn id_token(changes: &Value) -> Claims {
    let mut all = json!({"iat": NOW.as_secs(), "exp": NOW.as_secs() + 300, "nonce": NONCE});
    let members = all.as_object_mut().expect("an object");
    members.extend(changes.as_object().expect("an object").clone());
    claims(&all)
}

fn login(
    header: &Header,
    changes: &Value,
    changed_settings: &Value,
    scopes: &[&str],
) -> Result<Accepted, Refusal> {
    let scopes: Vec<String> = scopes.iter().map(|scope| (*scope).to_owned()).collect();
    let expected = LoginExpectation {
        issuer: &Issuer::new(ISSUER),
        client_id: CLIENT,
        nonce: NonceHash::of(NONCE),
        access_token: &AccessToken::new(ACCESS_TOKEN.to_owned()),
        scopes: &scopes,
        now: NOW,
    };
    accept_login(
        header,
        id_token(changes),
        &settings(changed_settings),
        &expected,
    )
}

fn refresh(changes: &Value) -> Result<Refreshed, Refusal> {
    let expected = RefreshExpectation {
        issuer: &Issuer::new(ISSUER),
        client_id: CLIENT,
        subject: "alice",
        nonce: NonceHash::of(NONCE),
        auth_time: Some(UnixTime::from_secs(1_699_990_000)),
        access_token: &AccessToken::new(ACCESS_TOKEN.to_owned()),
        scopes: &["openid".to_owned()],
        now: NOW,
    };
    accept_refresh(
        &header(Algorithm::Rs256),
        id_token(changes),
        &settings(&json!({})),
        &expected,
    )
}

fn with_type(media_type: &str) -> Header {
    Header {
        media_type: Some(media_type.to_owned()),
        ..header(Algorithm::Rs256)
    }
}

#[test]
fn the_id_token_of_a_login_is_accepted() {
    let rs256 = || header(Algorithm::Rs256);
    let rows = [
        (rs256(), json!({}), json!({})),
        (with_type("jwt"), json!({"typ": "ID"}), json!({})),
        (with_type("id+jwt"), json!({"token_use": "id"}), json!({})),
        (rs256(), json!({"aud": [CLIENT]}), json!({})),
        (
            rs256(),
            json!({"aud": [CLIENT, "api"], "azp": CLIENT}),
            json!({}),
        ),
        (rs256(), json!({"at_hash": AT_HASH}), json!({})),
        (rs256(), json!({"iat": NOW.as_secs() + 60}), json!({})),
        (rs256(), json!({"iat": NOW.as_secs() - 60}), json!({})),
        (
            rs256(),
            json!({"iat": NOW.as_secs() - 5}),
            json!({"clock_skew": "0"}),
        ),
        (
            rs256(),
            json!({"iat": NOW.as_secs() - 300}),
            json!({"clock_skew": "300"}),
        ),
        // The settings for bearer tokens are not about it.
        (
            rs256(),
            json!({}),
            json!({"token_kind": "access", "audience": "https://api.example"}),
        ),
    ];
    for (header, changes, changed) in rows {
        let accepted = login(&header, &changes, &changed, &["openid"]);
        let accepted = accepted.unwrap_or_else(|refusal| panic!("{changes}: {refusal:?}"));
        assert_eq!(accepted.issuer().as_str(), ISSUER);
        let caller = judge(accepted, &settings(&changed))
            .unwrap_or_else(|refusal| panic!("{changes}: {refusal:?}"));
        assert_eq!(
            (caller.user.as_str(), caller.scopes.as_slice()),
            ("alice", ["openid".to_owned()].as_slice())
        );
    }
}

/// Entra writes an `iat` five minutes before the issue.
#[test]
fn only_entra_may_write_an_earlier_time() {
    const ENTRA: &str =
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0";
    for (issuer, age, is_accepted) in [
        (ENTRA, 300, true),
        (ENTRA, 360, true),
        (ENTRA, 361, false),
        (ISSUER, 61, false),
        (ISSUER, 300, false),
    ] {
        let expected = LoginExpectation {
            issuer: &Issuer::new(issuer),
            client_id: CLIENT,
            nonce: NonceHash::of(NONCE),
            access_token: &AccessToken::new(ACCESS_TOKEN.to_owned()),
            scopes: &[],
            now: NOW,
        };
        let claims = id_token(&json!({"iss": issuer, "iat": NOW.as_secs() - age}));
        let accepted = accept_login(
            &header(Algorithm::Rs256),
            claims,
            &settings(&json!({})),
            &expected,
        );
        assert_eq!(accepted.is_ok(), is_accepted, "{issuer} {age}");
    }
}

/// The steps of OpenID Connect Core §3.1.3.7.
#[test]
fn each_step_refuses_the_id_token_of_a_login() {
    const PREFIX: &str =
        "The sign-in failed because the identity provider's ID token is not good. ";
    let rs256 = || header(Algorithm::Rs256);
    let rows = [
        (rs256(), json!({"iss": "absent"}), "The token has no `iss`."),
        (
            rs256(),
            json!({"iss": "https://id.example/"}),
            "The token's `iss` is \"https://id.example/\", which is not exactly an `issuer` of this endpoint; every \
             character counts, a closing slash too.",
        ),
        (rs256(), json!({"sub": "absent"}), "The token has no `sub`."),
        (
            rs256(),
            json!({"sub": 7}),
            "The token's claim `sub` is 7; it must be a string.",
        ),
        (
            rs256(),
            json!({"aud": "absent"}),
            "The token's `aud` is missing; it must be or contain the client chat.",
        ),
        (
            rs256(),
            json!({"aud": ["api", "Chat"]}),
            "The token's `aud` is [\"api\",\"Chat\"]; it must be or contain the client chat.",
        ),
        (
            rs256(),
            json!({"aud": 7}),
            "The token's claim `aud` is 7; it must be a string or an array of strings.",
        ),
        (
            rs256(),
            json!({"aud": [CLIENT, "api"]}),
            "The token has several audiences, and its `azp` is missing; it must be the client chat.",
        ),
        (
            rs256(),
            json!({"aud": [CLIENT, "api"], "azp": "other"}),
            "The token has several audiences, and its `azp` is \"other\"; it must be the client chat.",
        ),
        (rs256(), json!({"exp": "absent"}), "The token has no `exp`."),
        (
            rs256(),
            json!({"exp": NOW.as_secs() - 60}),
            "The token's `exp`, 1699999940, passed 60 seconds ago. Compare the clocks of the identity provider and of the gateway.",
        ),
        (rs256(), json!({"iat": "absent"}), "The token has no `iat`."),
        (
            rs256(),
            json!({"iat": NOW.as_secs() + 61}),
            "The token's `iat`, 1700000061, is 61 seconds in the future. Compare the clocks of the identity provider and \
             of the gateway.",
        ),
        (
            rs256(),
            json!({"iat": NOW.as_secs() - 61}),
            "The token's `iat`, 1699999939, is 61 seconds ago, so it is not a new one. Compare the clocks of the identity \
             provider and of the gateway, or raise `clock_skew`.",
        ),
        (
            rs256(),
            json!({"nonce": "absent"}),
            "The token has no `nonce`.",
        ),
        (
            rs256(),
            json!({"nonce": "other"}),
            "The token's `nonce` is not the one of this sign-in, so it belongs to another.",
        ),
        (
            rs256(),
            json!({"nonce": [NONCE]}),
            "The token's `nonce` is not the one of this sign-in, so it belongs to another.",
        ),
        (
            rs256(),
            json!({"at_hash": "77QmUPtjPfzWtF2AnpK9RA"}),
            "The token's `at_hash` is not that of the access token that came with it.",
        ),
        (
            header(Algorithm::Es384),
            json!({"at_hash": AT_HASH}),
            "The token's `at_hash` is not that of the access token that came with it.",
        ),
        (
            rs256(),
            json!({"at_hash": 7}),
            "The token's claim `at_hash` is 7; it must be a string.",
        ),
        (
            with_type("at+jwt"),
            json!({}),
            "The token is of the wrong kind: it is an access token: its header's `typ` is \"at+jwt\". The identity \
             provider must put an ID token into `id_token` of its token response.",
        ),
        (
            rs256(),
            json!({"typ": "Bearer"}),
            "The token is of the wrong kind: it is an access token: its claim `typ` is \"bearer\". The identity provider \
             must put an ID token into `id_token` of its token response.",
        ),
        (
            with_type("logout+jwt"),
            json!({}),
            "The token is of the wrong kind: its header's `typ` is \"logout+jwt\", but that of an ID token is `JWT` \
             or absent. The identity provider must put an ID token into `id_token` of its token response.",
        ),
        (
            rs256(),
            json!({"events": {}}),
            "The token is of the wrong kind: it has `events`, which logout and security-event tokens have. The identity \
             provider must put an ID token into `id_token` of its token response.",
        ),
    ];
    for (header, changes, message) in rows {
        let refusal = login(&header, &changes, &json!({}), &[]).expect_err(&changes.to_string());
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::SignInFailed, format!("{PREFIX}{message}").as_str()),
            "{changes}"
        );
    }
}

#[test]
fn the_hash_of_the_access_token_is_that_of_the_algorithm() {
    let rows = [
        (Algorithm::Es256, AT_HASH),
        (Algorithm::Ps256, AT_HASH),
        (Algorithm::Rs384, "jtAeDp945y1dDqU3nkIVGNZP1HjH_MFs"),
        (
            Algorithm::Es512,
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
        ),
        (
            Algorithm::EdDsa,
            "q7nS86GgvvFaZkzALLWqJYaJIKw2wCDAVfCAsm5CrBM",
        ),
    ];
    for (algorithm, hash) in rows {
        let accepted = login(
            &header(algorithm),
            &json!({"at_hash": hash}),
            &json!({}),
            &[],
        );
        assert!(accepted.is_ok(), "{algorithm:?}");
    }
}

#[test]
fn a_scope_of_the_settings_must_have_been_granted() {
    let changed = json!({"scopes": "chat"});
    let rs256 = header(Algorithm::Rs256);
    assert!(login(&rs256, &json!({}), &changed, &["openid", "chat"]).is_ok());
    let refusal =
        login(&rs256, &json!({"scope": "chat"}), &changed, &["openid"]).expect_err("no scope");
    assert_eq!(
        (refusal.code(), refusal.message()),
        (
            Code::InsufficientScope,
            "The token lacks the scope chat; it has \"openid\". Have the client ask for it when people sign in."
        )
    );
}

#[test]
fn the_id_token_of_a_refresh_is_accepted() {
    let rows = [
        (json!({}), false),
        (json!({"nonce": "absent"}), false),
        (json!({"iat": NOW.as_secs() - 3000}), false),
        (json!({"auth_time": 1_699_990_000}), false),
        (json!({"auth_time": 1_699_999_000}), false),
        (json!({"auth_time": 1_699_980_000}), true),
    ];
    for (changes, is_earlier) in rows {
        let refreshed =
            refresh(&changes).unwrap_or_else(|refusal| panic!("{changes}: {refusal:?}"));
        assert_eq!(refreshed.has_earlier_auth_time, is_earlier, "{changes}");
        assert!(judge(refreshed.accepted, &settings(&json!({}))).is_ok());
    }
}

/// OpenID Connect Core §12.2.
#[test]
fn the_id_token_of_a_refresh_must_be_of_the_same_login() {
    const PREFIX: &str =
        "The session has ended because the identity provider's ID token is not good. ";
    let rows = [
        (
            json!({"iss": "https://other.example"}),
            "The token's `iss` is \"https://other.example\", which is not exactly an `issuer` of this endpoint; every \
             character counts, a closing slash too.",
        ),
        (
            json!({"sub": "bob"}),
            "The token's `sub` is not the one of the sign-in: it is another person's.",
        ),
        (json!({"sub": "absent"}), "The token has no `sub`."),
        (
            json!({"aud": "api"}),
            "The token's `aud` is \"api\"; it must be or contain the client chat.",
        ),
        (
            json!({"nonce": "other"}),
            "The token's `nonce` is not the one of this sign-in, so it belongs to another.",
        ),
        (
            json!({"nonce": 7}),
            "The token's `nonce` is not the one of this sign-in, so it belongs to another.",
        ),
        (
            json!({"at_hash": "AA"}),
            "The token's `at_hash` is not that of the access token that came with it.",
        ),
        (
            json!({"exp": NOW.as_secs() - 60}),
            "The token's `exp`, 1699999940, passed 60 seconds ago. Compare the clocks of the identity provider and of the gateway.",
        ),
        (
            json!({"auth_time": "today"}),
            "The token's claim `auth_time` is \"today\"; it must be a number of seconds since 1970.",
        ),
    ];
    for (changes, message) in rows {
        let refusal = refresh(&changes).expect_err(&changes.to_string());
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::SessionEnded, format!("{PREFIX}{message}").as_str()),
            "{changes}"
        );
    }
}

#[test]
fn a_provider_without_id_tokens_says_who_it_is_at_its_userinfo_endpoint() {
    let changed =
        json!({"scopes": "user:email", "user_claim": "id", "required_claims": "company=acme"});
    let settings = settings(&changed);
    let person = |company: &str| {
        let members = json!({"id": 583_231, "login": "octocat", "company": company});
        Claims::new(members.as_object().expect("an object").clone())
    };
    let issuer = Issuer::new(ISSUER);
    let scopes = ["user:email".to_owned()];
    let accepted = accept_userinfo(person("acme"), &issuer, &settings, &scopes).expect("accepted");
    assert_eq!(
        judge(accepted, &settings).expect("a caller").user.as_str(),
        "583231"
    );
    let accepted = accept_userinfo(person("other"), &issuer, &settings, &scopes).expect("accepted");
    assert_eq!(
        judge(accepted, &settings).expect_err("refused").code(),
        Code::RequiredClaims
    );
    let refusal = accept_userinfo(person("acme"), &issuer, &settings, &[]).expect_err("no scope");
    assert_eq!(refusal.code(), Code::InsufficientScope);
}

#[test]
fn the_time_of_the_login_is_a_date_or_absent() {
    assert_eq!(auth_time(&id_token(&json!({}))), Ok(None));
    assert_eq!(
        auth_time(&id_token(&json!({"auth_time": 5}))),
        Ok(Some(UnixTime::from_secs(5)))
    );
    assert!(auth_time(&id_token(&json!({"auth_time": "5"}))).is_err());
}
