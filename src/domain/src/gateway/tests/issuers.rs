//! Whose keys verify a token: those of a configured issuer, whatever the token brings or names.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::{Method, StatusCode};
use jwt_simple::algorithms::{Ed25519KeyPair, EdDSAKeyPairLike};
use serde_json::{Value, json};

use super::{Fixture, ISSUER, answered, public_jwk};
use crate::environment::TransportError;
use crate::environment::fake::{FetchResult, ok};

const DISCOVERY: &str = "https://idp.example/.well-known/openid-configuration";
const JWKS: &str = "https://idp.example/keys";
/// AD FS: what its discovery document calls `access_token_issuer`.
const SERVICES: &str = "http://idp.example/adfs/services/trust";

/// An endpoint that fetches its provider's keys.
fn fixture(changes: &Value, document: FetchResult) -> Fixture {
    let mut fixture = Fixture::new(changes);
    fixture.settings["jwks"] = json!("");
    let keys = json!({"keys": [public_jwk(&fixture.key)]});
    fixture.environment.answer(DISCOVERY, document);
    fixture.environment.answer(JWKS, ok(keys.to_string()));
    fixture
}

fn document(changes: &Value) -> FetchResult {
    let mut document = json!({"issuer": ISSUER, "jwks_uri": JWKS});
    let members = document.as_object_mut().unwrap();
    members.extend(changes.as_object().unwrap().clone());
    ok(document.to_string())
}

/// Whom the token is taken for; else status and code of the refusal.
fn outcome(fixture: &Fixture, token: &str) -> Result<String, (u16, String)> {
    let request = fixture.request(Method::GET, token);
    let response = answered(fixture.handle("get_whoami", &request, ""));
    let body: Value = serde_json::from_slice(&response.body).unwrap();
    let text = |name: &str| body[name].as_str().unwrap_or_default().to_owned();
    match response.status {
        StatusCode::OK => Ok(text("user")),
        status => Err((status.as_u16(), text("code"))),
    }
}

fn refusal(status: u16, code: &str) -> Result<String, (u16, String)> {
    Err((status, code.to_owned()))
}

#[test]
fn tokens_of_the_access_token_issuer_are_those_of_the_configured_issuer() {
    let names = json!({"access_token_issuer": SERVICES});
    let hashed = json!({"user_format": "hashed", "user_hash_key": "0123456789abcdef"});
    for settings in [json!({}), hashed] {
        let fixture = fixture(&settings, document(&names));
        let own = outcome(&fixture, &fixture.token(&json!({})));
        assert!(own.is_ok(), "{own:?}");
        let services = fixture.token(&json!({"iss": SERVICES}));
        assert_eq!(outcome(&fixture, &services), own, "one person, one history");
        let other = fixture.token(&json!({"iss": format!("{SERVICES}/")}));
        assert_eq!(
            outcome(&fixture, &other),
            refusal(401, "token_issuer_unknown")
        );
    }
}

#[test]
fn another_issuer_is_taken_only_where_the_document_names_it() {
    let unknown = || refusal(401, "token_issuer_unknown");
    let rows: [(FetchResult, _); 5] = [
        (document(&json!({})), unknown()),
        (document(&json!({"access_token_issuer": null})), unknown()),
        (
            document(&json!({"access_token_issuer": "https://other.example"})),
            unknown(),
        ),
        (ok("<html>".to_owned()), unknown()),
        (
            Err(TransportError::Timeout),
            refusal(503, "identity_provider_unavailable"),
        ),
    ];
    for (document, expected) in rows {
        let case = format!("{document:?}");
        let fixture = fixture(&json!({}), document);
        let token = fixture.token(&json!({"iss": SERVICES}));
        assert_eq!(outcome(&fixture, &token), expected, "{case}");
    }
}

#[test]
fn the_key_of_an_access_token_issuer_is_the_configured_providers() {
    let fixture = fixture(
        &json!({}),
        document(&json!({"access_token_issuer": SERVICES})),
    );
    let stranger = Fixture::new(&json!({}));
    let forged = stranger.token(&json!({"iss": SERVICES}));
    assert_eq!(
        outcome(&fixture, &forged),
        refusal(401, "token_signature_invalid")
    );
    assert!(
        fixture
            .environment
            .urls()
            .iter()
            .all(|url| url.starts_with(ISSUER))
    );
}

#[test]
fn a_foreign_issuer_costs_no_request_where_the_token_is_refused_anyway() {
    let fixture = fixture(&json!({}), document(&json!({})));
    let expired = fixture.token(&json!({"iss": SERVICES, "exp": 1}));
    assert_eq!(
        outcome(&fixture, &expired),
        refusal(401, "token_issuer_unknown")
    );
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

/// A token that `key` signed, with these members in its header.
fn signed(key: &Ed25519KeyPair, header: &Value, claims: &Value) -> String {
    let encode = |value: &Value| URL_SAFE_NO_PAD.encode(value.to_string());
    let input = format!("{}.{}", encode(header), encode(claims));
    let signature = key.key_pair().as_ref().sk.sign(&input, None);
    format!("{input}.{}", URL_SAFE_NO_PAD.encode(signature.as_ref()))
}

#[test]
fn a_key_that_the_header_brings_or_names_verifies_nothing_and_nobody_is_asked_for_it() {
    let thief = Ed25519KeyPair::generate().with_key_id("thief");
    let keys = json!({"keys": [public_jwk(&thief)]});
    let address = "https://evil.example/keys";
    let members = [
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("jwk", public_jwk(&thief)),
        ("x5c", json!(["MIIB"])),
        ("x5t", json!("AAAA")),
        ("x5t#S256", json!("AAAA")),
    ];
    for (name, value) in members {
        let fixture = fixture(&json!({}), document(&json!({})));
        fixture.environment.answer(address, ok(keys.to_string()));
        let exp = crate::environment::fake::START.as_secs() + 300;
        let claims = json!({"iss": ISSUER, "aud": "app", "sub": "alice", "exp": exp});
        for (kid, code) in [
            ("k1", "token_signature_invalid"),
            ("thief", "token_key_unknown"),
        ] {
            let header = json!({"alg": "EdDSA", "kid": kid, name: value});
            let forged = signed(&thief, &header, &claims);
            assert_eq!(outcome(&fixture, &forged), refusal(401, code), "{name}");
        }
        let header = json!({"alg": "EdDSA", "kid": "k1", name: value});
        let good = signed(&fixture.key, &header, &claims);
        assert_eq!(outcome(&fixture, &good), Ok("alice".to_owned()), "{name}");
        assert_eq!(fixture.environment.count(address), 0, "{name}");
    }
}
