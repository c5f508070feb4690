//! Keys as providers publish them, and the members of a token's header that are about keys.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use gateway_tests::Stage;
use harness::{Algorithm, CannedResponse as Served, TestIssuer};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use super::{refusal, user};

const JWKS: &str = "/jwks";
const FORGED: &str = "The issuer's key did not make this token's signature: the token was changed, or somebody else signed it.";

/// Serves the issuer's keys with `change` made to each of them.
fn publish(issuer: &TestIssuer, change: impl Fn(&mut Value)) {
    let mut keys = issuer.keys().public_jwks();
    keys.iter_mut().for_each(change);
    issuer.set_answer(JWKS, Served::json(&json!({ "keys": keys })));
}

#[tokio::test(flavor = "multi_thread")]
async fn keys_are_understood_as_providers_publish_them() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    publish(issuer, |key| {
        for (name, nothing) in [
            ("oth", json!([])),
            ("d", json!(null)),
            ("key_ops", json!([])),
            ("x5c", json!([])),
            ("x5t", json!(null)),
            ("use", json!(null)),
        ] {
            key[name] = nothing;
        }
        for name in ["n", "x", "y"] {
            if let Some(text) = key[name].as_str() {
                let padding = ["", "", "==", "="][text.len() % 4];
                key[name] = json!(text.replace('-', "+").replace('_', "/") + padding);
            }
        }
    });
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &issuer.claims("alice"));
        assert_eq!(user(&stage, &token).await, "alice", "{}", algorithm.name());
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_coordinate_without_its_leading_zeros_and_a_key_without_a_name_are_taken() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    // The first octet of a coordinate of P-521 is 0 in every second key.
    let is_short = |key: &Value| {
        ["x", "y"]
            .iter()
            .any(|name| key[*name].as_str().unwrap().starts_with("AA"))
    };
    while !is_short(&issuer.keys().public_jwks()[3]) {
        issuer.rotate(false);
    }
    publish(issuer, |key| {
        key["kid"] = json!(null);
        if key["kty"] == "EC" {
            for name in ["x", "y"] {
                let octets = URL_SAFE_NO_PAD.decode(key[name].as_str().unwrap()).unwrap();
                let zeros = octets.iter().take_while(|octet| **octet == 0).count();
                key[name] = json!(URL_SAFE_NO_PAD.encode(&octets[zeros..]));
            }
        }
    });
    let token = issuer.keys().sign(
        Algorithm::Es512,
        r#"{"alg":"ES512"}"#,
        &issuer.claims("alice").to_string(),
    );
    assert_eq!(user(&stage, &token).await, "alice");
}

/// RFC 9864 gives `EdDSA` with this curve a name of its own.
#[tokio::test(flavor = "multi_thread")]
async fn an_algorithm_may_be_called_ed25519() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    publish(issuer, |key| {
        if key["kty"] == "OKP" {
            key["alg"] = json!("Ed25519");
        }
    });
    let keys = issuer.keys();
    let header = json!({"alg": "Ed25519", "kid": keys.key_id(Algorithm::EdDsa)}).to_string();
    let token = keys.sign(
        Algorithm::EdDsa,
        &header,
        &issuer.claims("alice").to_string(),
    );
    assert_eq!(user(&stage, &token).await, "alice");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_header_member_that_must_be_understood_is_refused_by_name() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let keys = issuer.keys();
    let critical =
        "names extensions that must be understood (RFC 7515 §4.1.11), and the gateway has none";
    let payload =
        "says that the payload is not base64url (RFC 7797), unlike that of every access token";
    let encrypted = "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one";
    for (name, value, why) in [
        ("crit", json!(["exp"]), critical),
        ("b64", json!(false), payload),
        ("enc", json!("A128GCM"), encrypted),
        ("zip", json!("DEF"), encrypted),
    ] {
        let header =
            json!({"alg": "RS256", "kid": keys.key_id(Algorithm::Rs256), name: value}).to_string();
        let token = keys.sign(
            Algorithm::Rs256,
            &header,
            &issuer.claims("alice").to_string(),
        );
        let message = format!("The token is refused: its header has `{name}`, which {why}.");
        assert_eq!(
            stage.get(&token, "/whoami").await.refusal(),
            refusal(401, "token_header_refused", message)
        );
    }
}

/// SAP XSUAA puts `jku` into the header of every token.
#[tokio::test(flavor = "multi_thread")]
async fn a_key_that_the_header_names_is_neither_used_nor_asked_for() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let (issuer, stranger) = (stage.issuer(), TestIssuer::start().await.unwrap());
    let keys = issuer.keys();
    let address = format!("{}{JWKS}", stranger.issuer());
    let members = [
        ("jku", json!(address)),
        ("x5u", json!(address)),
        ("jwk", stranger.keys().public_jwks()[0].clone()),
        ("x5c", json!(["MIIB"])),
    ];
    for (name, value) in members {
        let header =
            json!({"alg": "RS256", "kid": keys.key_id(Algorithm::Rs256), name: value}).to_string();
        let claims = issuer.claims("alice").to_string();
        let good = keys.sign(Algorithm::Rs256, &header, &claims);
        assert_eq!(user(&stage, &good).await, "alice", "{name}");
        let forged = stranger.keys().sign(Algorithm::Rs256, &header, &claims);
        assert_eq!(
            stage.get(&forged, "/whoami").await.refusal(),
            refusal(401, "token_signature_invalid", FORGED),
            "{name}"
        );
    }
    assert!(stranger.seen().is_empty(), "{:?}", stranger.seen());
}
