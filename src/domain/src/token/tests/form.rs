//! Kind, times, types and binding, which need no key.

use serde_json::{Value, json};

use super::{NOW, claims, settings};
use crate::error::{Code, Refusal};
use crate::token::check_form;

fn checked(media_type: Option<&str>, changed_claims: &Value, kind: &str) -> Result<(), Refusal> {
    let settings = settings(&json!({"token_kind": kind}));
    check_form(media_type, &claims(changed_claims), &settings, NOW)
}

/// Which of the three values of `token_kind` take the token.
fn kinds_that_take(media_type: Option<&str>, changed_claims: &Value) -> Vec<&'static str> {
    let kinds = ["access", "id", "either"].into_iter();
    kinds
        .filter(|kind| checked(media_type, changed_claims, kind).is_ok())
        .collect()
}

fn assert_refused(
    media_type: Option<&str>,
    changed_claims: &Value,
    kind: &str,
    code: Code,
    message: &str,
) {
    let refusal = checked(media_type, changed_claims, kind).expect_err(message);
    assert_eq!(
        (refusal.code(), refusal.message()),
        (code, message),
        "{changed_claims}"
    );
}

#[test]
fn the_kind_is_known_by_type_and_claims_and_each_setting_takes_its_own() {
    let access = ["access", "either"];
    let id = ["id", "either"];
    let all = ["access", "id", "either"];
    let rows: [(Option<&str>, Value, &[&str]); 38] = [
        (None, json!({}), &all),
        (Some("jwt"), json!({}), &all),
        (Some("at+jwt"), json!({}), &access),
        (Some("id+jwt"), json!({}), &id),
        (Some("id_token+jwt"), json!({}), &id),
        (Some("jwt"), json!({"typ": "Bearer"}), &access),
        (Some("jwt"), json!({"typ": "bearer"}), &access),
        (Some("jwt"), json!({"typ": "DPoP"}), &access),
        (Some("jwt"), json!({"typ": "ID"}), &id),
        (Some("jwt"), json!({"typ": "id"}), &id),
        (Some("jwt"), json!({"typ": "something else"}), &all),
        (Some("jwt"), json!({"token_use": "access"}), &access),
        (Some("jwt"), json!({"token_use": "id"}), &id),
        (Some("jwt"), json!({"at_hash": "x"}), &id),
        (Some("jwt"), json!({"c_hash": "x"}), &id),
        (Some("jwt"), json!({"at_hash": null, "c_hash": null}), &all),
        (Some("jwt"), json!({"nonce": "x"}), &all),
        (Some("jwt"), json!({"nonce": "x", "typ": "Bearer"}), &access),
        // Two that contradict each other are taken only where the kind does not matter.
        (Some("at+jwt"), json!({"at_hash": "x"}), &["either"]),
        (
            Some("jwt"),
            json!({"typ": "Bearer", "token_use": "id"}),
            &["either"],
        ),
        (Some("jwt"), json!({"typ": "Refresh"}), &[]),
        (Some("jwt"), json!({"typ": "refresh"}), &[]),
        (Some("jwt"), json!({"typ": "Offline"}), &[]),
        (Some("jwt"), json!({"typ": "Logout"}), &[]),
        (Some("jwt"), json!({"token_use": "refresh"}), &[]),
        (Some("jwt"), json!({"token_use": "refresh_token"}), &[]),
        (Some("at+jwt"), json!({"typ": "Refresh"}), &[]),
        (Some("jwt"), json!({"events": {}}), &[]),
        (Some("jwt"), json!({"events": null}), &all),
        (Some("jwt"), json!({"token_use": null, "typ": null}), &all),
        (
            Some("at+jwt"),
            json!({"events": {"http://schemas.openid.net/event/backchannel-logout": {}}}),
            &[],
        ),
        (Some("logout+jwt"), json!({}), &[]),
        (Some("secevent+jwt"), json!({}), &[]),
        (Some("dpop+jwt"), json!({}), &[]),
        (Some("client-authentication+jwt"), json!({}), &[]),
        (Some("token-introspection+jwt"), json!({}), &[]),
        (Some("jose"), json!({}), &[]),
        (Some(""), json!({}), &[]),
    ];
    for (media_type, changed_claims, expected) in rows {
        assert_eq!(
            kinds_that_take(media_type, &changed_claims),
            expected,
            "{media_type:?} {changed_claims}"
        );
    }
}

#[test]
fn a_token_of_the_wrong_kind_is_told_what_shows_it_and_what_to_send() {
    let rows = [
        (
            "jwt",
            json!({"typ": "ID"}),
            "access",
            "it is an ID token: its claim `typ` is \"id\". Send the access token, or set `token_kind`.",
        ),
        (
            "jwt",
            json!({"at_hash": "x"}),
            "access",
            "it is an ID token: it has `at_hash`. Send the access token, or set `token_kind`.",
        ),
        (
            "id+jwt",
            json!({}),
            "access",
            "it is an ID token: its header's `typ` is \"id+jwt\". Send the access token, or set `token_kind`.",
        ),
        (
            "at+jwt",
            json!({}),
            "id",
            "it is an access token: its header's `typ` is \"at+jwt\". Send the ID token, or set `token_kind`.",
        ),
        (
            "jwt",
            json!({"token_use": "access"}),
            "id",
            "it is an access token: its claim `token_use` is \"access\". Send the ID token, or set `token_kind`.",
        ),
        (
            "jwt",
            json!({"typ": "Refresh"}),
            "either",
            "its claim `typ` is \"refresh\".",
        ),
        (
            "jwt",
            json!({"events": {}}),
            "either",
            "it has `events`, which logout and security-event tokens have.",
        ),
        (
            "logout+jwt",
            json!({}),
            "either",
            "its header's `typ` is \"logout+jwt\", but that of an access token is `JWT`, `at+jwt` or absent.",
        ),
    ];
    for (media_type, changed_claims, kind, why) in rows {
        let message = format!("The token is of the wrong kind: {why}");
        assert_refused(
            Some(media_type),
            &changed_claims,
            kind,
            Code::TokenTypeRefused,
            &message,
        );
    }
}

#[test]
fn times_are_judged_with_the_leeway_and_to_the_millisecond() {
    // Now is 1 700 000 000, the leeway 60 s.
    let rows = [
        (json!({"exp": 1_700_000_001}), None),
        (json!({"exp": 1_699_999_941}), None),
        (json!({"exp": 1_699_999_940.001}), None),
        (json!({"exp": 1_699_999_940}), Some(Code::TokenExpired)),
        (json!({"exp": 1_699_999_939.999}), Some(Code::TokenExpired)),
        (json!({"exp": 0}), Some(Code::TokenExpired)),
        (json!({"exp": 253_402_300_799_u64}), None),
        (
            json!({"exp": 253_402_300_799.5}),
            Some(Code::TokenClaimInvalid),
        ),
        (json!({"nbf": 1_700_000_060}), None),
        (
            json!({"nbf": 1_700_000_060.5}),
            Some(Code::TokenNotYetValid),
        ),
        (json!({"nbf": 1_700_000_061}), Some(Code::TokenNotYetValid)),
        (
            json!({"nbf": 253_402_300_799_u64}),
            Some(Code::TokenNotYetValid),
        ),
        (json!({"iat": 1_700_000_060}), None),
        (json!({"iat": 1_700_000_061}), Some(Code::TokenNotYetValid)),
        (json!({"iat": "absent"}), None),
        (json!({"iat": 0}), None),
    ];
    for (changed_claims, expected) in rows {
        let code = checked(None, &changed_claims, "access")
            .err()
            .map(|refusal| refusal.code());
        assert_eq!(code, expected, "{changed_claims}");
    }
}

#[test]
fn the_leeway_is_the_setting() {
    for (skew, expected) in [
        ("0", Some(Code::TokenExpired)),
        ("99", Some(Code::TokenExpired)),
        ("101", None),
    ] {
        let settings = settings(&json!({"clock_skew": skew}));
        let expired = claims(&json!({"exp": 1_699_999_900}));
        let code = check_form(None, &expired, &settings, NOW)
            .err()
            .map(|refusal| refusal.code());
        assert_eq!(code, expected, "{skew}");
    }
}

#[test]
fn a_refused_time_is_told_with_its_distance() {
    let rows = [
        (
            json!({"exp": 1_699_999_875}),
            Code::TokenExpired,
            "The token's `exp`, 1699999875, passed 125 seconds ago. Get a new token.",
        ),
        (
            json!({"nbf": 1_700_000_300}),
            Code::TokenNotYetValid,
            "The token's `nbf`, 1700000300, is 300 seconds in the future. Compare the clocks of the identity \
             provider and of the gateway.",
        ),
        (
            json!({"iat": 1_700_000_300.9}),
            Code::TokenNotYetValid,
            "The token's `iat`, 1700000300, is 300 seconds in the future. Compare the clocks of the identity \
             provider and of the gateway.",
        ),
        (
            json!({"exp": "absent"}),
            Code::TokenClaimInvalid,
            "The token has no `exp`, so it would be valid for ever.",
        ),
    ];
    for (changed_claims, code, message) in rows {
        assert_refused(None, &changed_claims, "access", code, message);
    }
}

#[test]
fn a_claim_of_another_type_is_an_error_and_never_absent() {
    let date = "a number of seconds since 1970";
    let text = "a string";
    let texts = "a string or an array of strings";
    let rows = [
        ("exp", json!("9999999999"), date),
        ("exp", json!(true), date),
        ("exp", json!([9_999_999_999_u64]), date),
        ("exp", json!(-1), date),
        ("exp", json!(-0.5), date),
        ("nbf", json!("0"), date),
        ("nbf", json!(-1), date),
        ("iat", json!({}), date),
        ("iat", json!(i64::MIN), date),
        ("sub", json!(5), text),
        ("iss", json!(5), text),
        ("azp", json!(5), text),
        ("client_id", json!({}), text),
        ("typ", json!(["ID"]), text),
        ("token_use", json!(5), text),
        ("aud", json!(5), texts),
        ("aud", json!({"chat": true}), texts),
        ("aud", json!(["chat", 5]), texts),
        ("aud", json!([["chat"]]), texts),
    ];
    for (name, value, expected) in rows {
        let message = format!("The token's claim `{name}` is {value}; it must be {expected}.");
        assert_refused(
            None,
            &json!({name: value}),
            "access",
            Code::TokenClaimInvalid,
            &message,
        );
    }
}

#[test]
fn a_token_bound_to_a_key_is_not_a_plain_bearer_token() {
    let message = "The token is bound to a key of its client (`cnf`: DPoP or mutual TLS), and the gateway cannot check \
        that the sender holds it. Have the client ask for a plain bearer token.";
    for cnf in [json!({"jkt": "x"}), json!({"x5t#S256": "x"}), json!({})] {
        assert_refused(
            None,
            &json!({"cnf": cnf}),
            "access",
            Code::TokenBound,
            message,
        );
    }
}

/// OpenID Connect Core §5.3.2 has a provider leave out what it does not know; many write null instead.
#[test]
fn a_claim_that_is_null_is_absent() {
    let optional = [
        "acr",
        "at_hash",
        "azp",
        "c_hash",
        "client_id",
        "cnf",
        "events",
        "gty",
        "iat",
        "idtyp",
        "jti",
        "nbf",
        "nonce",
        "oid",
        "preferred_username",
        "scope",
        "scp",
        "sub",
        "tid",
        "token_use",
        "typ",
    ];
    for name in optional {
        for kind in ["access", "id", "either"] {
            assert_eq!(checked(None, &json!({name: null}), kind), Ok(()), "{name}");
        }
    }
    let message = "The token has no `exp`, so it would be valid for ever.";
    assert_refused(
        None,
        &json!({"exp": null}),
        "access",
        Code::TokenClaimInvalid,
        message,
    );
}

#[test]
fn a_claim_that_no_check_needs_may_be_of_any_type() {
    for value in [
        json!(5),
        json!(["x"]),
        json!({"x": 1}),
        json!(true),
        json!("x"),
    ] {
        for name in [
            "jti",
            "nonce",
            "sid",
            "auth_time",
            "scope_of_work",
            "_claim_names",
            "email",
        ] {
            let claims = json!({name: value});
            assert_eq!(checked(None, &claims, "access"), Ok(()), "{claims}");
        }
    }
}

#[test]
fn a_date_in_milliseconds_or_beyond_the_year_9999_is_a_mistake_and_never_for_ever() {
    let milliseconds = "which is a number of milliseconds; it must be a number of seconds since 1970 (RFC 7519 §2). \
        Have the identity provider write seconds.";
    let beyond =
        "which is beyond the year 9999; it must be a number of seconds since 1970 (RFC 7519 §2).";
    let rows = [
        (json!(1_700_000_100_000_u64), milliseconds),
        (json!(1_700_000_100_000.5), milliseconds),
        (json!(253_402_300_800_u64), milliseconds),
        (json!(253_402_300_799_000_u64), milliseconds),
        (json!(253_402_300_800_000_u64), beyond),
        // Microseconds, nanoseconds, and what programs write for "never".
        (json!(1_700_000_100_000_000_u64), beyond),
        (json!(i64::MAX), beyond),
        (json!(u64::MAX), beyond),
        (json!(1e300), beyond),
    ];
    for (value, why) in rows {
        for name in ["exp", "nbf", "iat"] {
            let message = format!("The token's claim `{name}` is {value}, {why}");
            let claims = json!({name: value});
            assert_refused(None, &claims, "access", Code::TokenClaimInvalid, &message);
        }
    }
}
