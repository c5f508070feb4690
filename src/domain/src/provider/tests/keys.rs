//! Which key a token gets, and the refusals where it gets none.

use std::rc::Rc;

use serde_json::{Value, json};

use super::support::{
    DISCOVERY, ISSUER, KEYS, document, environment, es256, issuer, key_set, providers, settings,
};
use crate::claims::Claims;
use crate::environment::fake::{FakeEnvironment, ok, status};
use crate::environment::{LogLevel, TransportError};
use crate::error::{Code, Refusal};
use crate::issuer::{Issuer, IssuerSetting};
use crate::jose::{Algorithm, Header, JwkSet};
use crate::settings::Settings;
use crate::token::remedy;

/// What asking for a key ends with, for an issuer with these keys.
fn refused(issuer: &str, header: &Header, keys: String) -> Refusal {
    let environment = FakeEnvironment::new();
    let discovery = format!("{issuer}/.well-known/openid-configuration");
    environment.answer(
        &discovery,
        ok(format!(r#"{{"issuer":"{issuer}","jwks_uri":"{KEYS}"}}"#)),
    );
    environment.answer(KEYS, ok(keys));
    let issuer = Issuer::new(issuer);
    let mut settings = settings();
    settings.issuers = vec![IssuerSetting::Exact(issuer.clone())];
    environment
        .run(providers(&environment).key(&issuer, &settings, header))
        .unwrap_err()
}

#[test]
fn the_key_is_the_one_that_the_token_names() {
    let environment = environment();
    environment.answer(KEYS, ok(key_set(&["one", "two"])));
    let providers = providers(&environment);
    let key = |name| {
        environment
            .run(providers.key(&issuer(), &settings(), &es256(name)))
            .unwrap()
    };
    let (one, two) = (key("one"), key("two"));
    assert!(!Rc::ptr_eq(&one, &two));
    assert!(
        Rc::ptr_eq(&one, &key("one")),
        "a known key is not parsed again"
    );
}

#[test]
fn keys_of_the_settings_are_the_only_ones_and_nothing_is_fetched() {
    let environment = FakeEnvironment::new();
    let providers = providers(&environment);
    let settings = Settings {
        jwks: Some(Rc::new(
            JwkSet::parse(key_set(&["one"]).as_bytes()).unwrap(),
        )),
        ..settings()
    };
    assert!(
        environment
            .run(providers.key(&issuer(), &settings, &es256("one")))
            .is_ok()
    );
    let refusal = environment
        .run(providers.key(&issuer(), &settings, &es256("two")))
        .unwrap_err();
    let expected = format!(
        "The token names the key `kid` \"two\" for ES256, and no key that the setting `jwks` gives for `{ISSUER}` fits. \
         Add the key there, or empty the setting so that keys are fetched."
    );
    assert_eq!(
        (refusal.code(), refusal.message()),
        (Code::TokenKeyUnknown, expected.as_str())
    );
    assert_eq!(environment.urls(), [] as [String; 0]);
}

#[test]
fn an_unknown_key_is_refused_with_the_usual_remedy_of_the_provider() {
    const AGAIN: &str = "Sign in again: the provider may have withdrawn the key.";
    let usual = |issuer| remedy::usual(Code::TokenKeyUnknown, issuer, &Claims::default());
    let (entra, okta) = (
        "https://login.microsoftonline.com/9188040d-6c67-4c5b-b112-36a304b66dad/v2.0",
        "https://dev-1.okta.com",
    );
    for (issuer, remedy) in [
        (entra, usual(entra).unwrap()),
        (okta, usual(okta).unwrap()),
        (ISSUER, AGAIN),
    ] {
        let refusal = refused(issuer, &es256("two"), key_set(&["one"]));
        let message = format!(
            "The token names the key `kid` \"two\" for ES256, and no key of `{issuer}` fits. {remedy}"
        );
        let expected = Refusal::new(Code::TokenKeyUnknown, message)
            .with_log_detail("1 usable keys are known, for ES256");
        assert_eq!(refusal, expected);
    }
}

#[test]
fn a_token_that_names_no_key_needs_an_issuer_with_one_that_fits() {
    let unnamed = Header {
        algorithm: Algorithm::Es256,
        key_id: None,
        media_type: None,
    };
    let message = refused(ISSUER, &unnamed, key_set(&["one", "two"]));
    assert_eq!(
        message.message(),
        format!(
            "The token names no key (`kid`) for ES256, and more than one key of `{ISSUER}` fits. The provider must name \
             the key in its tokens."
        )
    );
    let unnamed = Header {
        algorithm: Algorithm::Rs256,
        ..unnamed
    };
    let message = refused(ISSUER, &unnamed, key_set(&["one"]));
    assert_eq!(
        message.message(),
        format!(
            "The token names no key (`kid`) for RS256, and no key of `{ISSUER}` fits. Sign in again: the provider may \
             have withdrawn the key."
        )
    );
}

#[test]
fn a_provider_without_any_usable_key_is_at_fault_and_not_the_token() {
    const SECRET: &str = r#"{"kty":"oct","k":"c2VjcmV0"}"#;
    const ENCRYPTION: &str = r#"{"kty":"RSA","use":"enc","n":"AQAB","e":"AQAB"}"#;
    for (keys, found) in [
        (vec![], "the set is empty".to_owned()),
        (
            vec![SECRET],
            format!("its only key was left out: {}", why(SECRET)),
        ),
        (
            vec![SECRET, SECRET],
            format!("all its 2 keys were left out: {}", why(SECRET)),
        ),
        (
            vec![SECRET, ENCRYPTION, SECRET],
            format!(
                "all its 3 keys were left out: {} (2); {} (1)",
                why(SECRET),
                why(ENCRYPTION)
            ),
        ),
    ] {
        let set = format!(r#"{{"keys":[{}]}}"#, keys.join(","));
        let message = format!(
            "The keys (`jwks_uri`) of the identity provider `{ISSUER}` cannot be used: {found}. Have the provider publish \
             an asymmetric signing key; some do so only once somebody has signed in."
        );
        let expected = Refusal::new(Code::IdentityProviderInvalid, message);
        assert_eq!(refused(ISSUER, &es256("one"), set), expected);
    }
}

/// Why the gateway does not use this key.
fn why(key: &str) -> String {
    let set = JwkSet::parse(format!(r#"{{"keys":[{key}]}}"#).as_bytes()).unwrap();
    set.why_skipped().collect()
}

#[test]
fn a_byte_order_mark_changes_nothing() {
    let environment = FakeEnvironment::new();
    environment.answer(DISCOVERY, ok(format!("\u{feff}{}", document(""))));
    environment.answer(KEYS, ok(format!("\u{feff}{}", key_set(&["one"]))));
    let key = environment.run(providers(&environment).key(&issuer(), &settings(), &es256("one")));
    assert_eq!(key.err(), None);
}

#[test]
fn a_response_that_is_not_a_key_set_is_the_providers_fault() {
    for (response, code) in [
        (ok("{}"), Code::IdentityProviderInvalid),
        (ok("<html>"), Code::IdentityProviderInvalid),
        (ok("[]"), Code::IdentityProviderInvalid),
        (ok(""), Code::IdentityProviderInvalid),
        (status(404), Code::IdentityProviderInvalid),
        (status(302), Code::IdentityProviderInvalid),
        (status(500), Code::IdentityProviderUnavailable),
        (Err(TransportError::Refused), Code::IdentityProviderInvalid),
        (
            Err(TransportError::Connect),
            Code::IdentityProviderUnavailable,
        ),
    ] {
        let environment = environment();
        environment.answer(KEYS, response);
        let refusal = environment
            .run(providers(&environment).key(&issuer(), &settings(), &es256("one")))
            .unwrap_err();
        assert_eq!(refusal.code(), code, "{}", refusal.message());
        assert!(
            refusal.message().contains("keys (`jwks_uri`)"),
            "{}",
            refusal.message()
        );
    }
}

#[test]
fn every_fetch_leaves_one_line_in_the_log() {
    let environment = environment();
    environment.answer(KEYS, ok(r#"{"keys":[{"kty":"oct","k":"c2VjcmV0"}]}"#));
    let providers = providers(&environment);
    let ask = |environment: &Rc<FakeEnvironment>, settings: &Settings| {
        drop(environment.run(providers.key(&issuer(), settings, &es256("one"))));
    };
    ask(&environment, &settings());
    environment.answer(
        DISCOVERY,
        ok(document("").replace("\"issuer\"", "\"issued\"")),
    );
    environment.answer(KEYS, Err(TransportError::Connect));
    environment.advance(super::support::HOUR);
    ask(&environment, &settings());
    let lines: Vec<(LogLevel, Value)> = environment
        .lines()
        .iter()
        .map(|(level, line)| (*level, serde_json::from_str(line).unwrap()))
        .collect();
    let line = |document, outcome| json!({"event": "identity_provider_asked", "document": document, "issuer": ISSUER, "outcome": outcome, "milliseconds": 0});
    let with = |mut line: Value, name: &str, value: Value| {
        line[name] = value;
        line
    };
    let came = with(
        with(line("keys", "ok"), "usable_keys", json!(0)),
        "skipped_keys",
        json!(1),
    );
    let no_issuer = format!(
        "The discovery document of the identity provider `{ISSUER}` cannot be used: it has no `issuer`. Check that the \
         address is that of a discovery document."
    );
    let no_keys = format!(
        "The identity provider `{ISSUER}` gave no keys (`jwks_uri`): could not connect. Try again in 5 seconds."
    );
    let expected = [
        (LogLevel::Info, line("discovery", "ok")),
        (LogLevel::Info, came),
        (
            LogLevel::Warn,
            with(
                line("discovery", "identity_provider_invalid"),
                "detail",
                no_issuer.into(),
            ),
        ),
        (
            LogLevel::Warn,
            with(
                line("keys", "identity_provider_unavailable"),
                "detail",
                no_keys.into(),
            ),
        ),
    ];
    assert_eq!(lines, expected);
}
