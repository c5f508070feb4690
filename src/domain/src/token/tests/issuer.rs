//! Whose token it is, by its exact `iss`, before anybody is asked for a key.

use serde_json::{Value, json};

use super::{ISSUER, claims, settings};
use crate::error::{Code, Refusal};
use crate::token::issuer_of;

const TENANT: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
const OTHER: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";

fn found(changed_claims: &Value, changed_settings: &Value) -> Result<String, Refusal> {
    issuer_of(&claims(changed_claims), &settings(changed_settings))
        .map(|issuer| issuer.as_str().to_owned())
}

fn several() -> Value {
    json!({
        "issuer": "https://a.example https://b.example/",
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    })
}

fn template() -> Value {
    json!({
        "issuer": "https://login.microsoftonline.com/{tenantid}/v2.0",
        "required_claims": format!("tid={TENANT}"),
        "user_format": "hashed",
        "user_hash_key": "0123456789abcdef",
    })
}

#[test]
fn the_issuer_is_found_by_every_character() {
    assert_eq!(found(&json!({}), &json!({})), Ok(ISSUER.to_owned()));
    for issuer in ["https://a.example", "https://b.example/"] {
        assert_eq!(
            found(&json!({"iss": issuer}), &several()),
            Ok(issuer.to_owned())
        );
    }
}

#[test]
fn another_issuer_is_refused_even_where_only_one_is_configured() {
    let message = |issuer: &str| {
        format!(
            "The token's `iss` is \"{issuer}\", which is not exactly an `issuer` of this endpoint; every character \
             counts, a closing slash too."
        )
    };
    for issuer in [
        "https://evil.example",
        "https://id.example/",
        "https://ID.example",
        "https://id.example ",
        "http://id.example",
        "https://id.example:443",
        "",
    ] {
        let refusal = found(&json!({"iss": issuer}), &json!({})).expect_err(issuer);
        assert_eq!(refusal.code(), Code::TokenIssuerUnknown);
        assert_eq!(refusal.message(), message(issuer));
    }
}

#[test]
fn an_issuer_that_is_missing_or_not_a_text_is_an_invalid_claim() {
    for (issuer, message) in [
        (json!("absent"), "The token has no `iss`."),
        (json!(null), "The token has no `iss`."),
        (
            json!([ISSUER]),
            "The token's claim `iss` is [\"https://id.example\"]; it must be a string.",
        ),
    ] {
        let refusal = found(&json!({"iss": issuer}), &json!({})).expect_err(message);
        assert_eq!(
            (refusal.code(), refusal.message()),
            (Code::TokenClaimInvalid, message)
        );
    }
}

#[test]
fn the_template_is_filled_with_the_tokens_own_tenant() {
    let issuer = |tenant: &str| format!("https://login.microsoftonline.com/{tenant}/v2.0");
    let token = json!({"iss": issuer(TENANT), "tid": TENANT});
    assert_eq!(found(&token, &template()), Ok(issuer(TENANT)));
    for (iss, tid, code) in [
        (issuer(OTHER), json!(TENANT), Code::TokenIssuerUnknown),
        (issuer(OTHER), json!("v2.0"), Code::TokenIssuerUnknown),
        (issuer(TENANT), json!("absent"), Code::TokenIssuerUnknown),
        (issuer(TENANT), json!(null), Code::TokenIssuerUnknown),
        (
            issuer("{tenantid}"),
            json!("{tenantid}"),
            Code::TokenIssuerUnknown,
        ),
        (issuer("a/../b"), json!("a/../b"), Code::TokenIssuerUnknown),
        (issuer(""), json!(""), Code::TokenIssuerUnknown),
        (
            format!("https://sts.windows.net/{TENANT}/"),
            json!(TENANT),
            Code::TokenIssuerUnknown,
        ),
    ] {
        let refusal = found(&json!({"iss": iss, "tid": tid}), &template()).expect_err(&iss);
        assert_eq!(refusal.code(), code, "{iss} {tid}");
    }
}

#[test]
fn a_tenant_that_no_rule_lists_is_refused_before_its_keys_are_asked_for() {
    let settings = |rules: String| {
        let mut settings = template();
        settings["required_claims"] = rules.into();
        settings
    };
    let token =
        json!({"iss": format!("https://login.microsoftonline.com/{OTHER}/v2.0"), "tid": OTHER});
    for (rules, code) in [
        (format!("tid={TENANT}"), Some(Code::RequiredClaims)),
        (
            format!("tid={TENANT}|{OTHER}, tid={TENANT}"),
            Some(Code::RequiredClaims),
        ),
        (format!("tid={TENANT}|{OTHER}"), None),
        (format!("groups=staff, tid={OTHER}"), None),
    ] {
        let found = found(&token, &settings(rules.clone()));
        assert_eq!(found.err().map(|refusal| refusal.code()), code, "{rules}");
    }
}

#[test]
fn a_foreign_issuer_is_told_nothing_of_the_settings() {
    let refusal = found(&json!({"iss": "https://evil.example"}), &json!({})).expect_err("foreign");
    for expected in [ISSUER, super::CLIENT] {
        assert!(!format!("{refusal:?}").contains(expected), "{refusal:?}");
    }
}
