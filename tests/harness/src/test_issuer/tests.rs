use jwt_simple::prelude::*;

use super::{Algorithm, CannedResponse, Fault, JWKS, TestIssuer};
use crate::http_client;

async fn get(issuer: &TestIssuer, path: &str) -> Result<(u16, String), reqwest::Error> {
    let response = http_client()
        .get(format!("{}{path}", issuer.issuer()))
        .send()
        .await?;
    Ok((response.status().as_u16(), response.text().await?))
}

#[tokio::test]
async fn the_signature_of_every_algorithm_fits_the_key_set() {
    let issuer = TestIssuer::start().await.unwrap();
    let jwks: serde_json::Value =
        serde_json::from_str(&get(&issuer, JWKS).await.unwrap().1).unwrap();
    for algorithm in Algorithm::ALL {
        let token = issuer.token(algorithm, &issuer.claims("alice"));
        let kid = issuer.keys().key_id(algorithm);
        let jwk = jwks["keys"]
            .as_array()
            .unwrap()
            .iter()
            .find(|key| key["kid"] == kid.as_str())
            .unwrap();
        let (jwk, options) = (jwk.to_string(), None);
        let claims = match algorithm {
            Algorithm::EdDsa => Ed25519PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token::<NoCustomClaims>(&token, options),
            Algorithm::Es256 => ES256PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Es384 => ES384PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            // `jwt-simple` does not know it; the tests of the gateway's `jose` hold it to RFC 7520.
            Algorithm::Es512 => continue,
            Algorithm::Ps256 => PS256PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Ps384 => PS384PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Ps512 => PS512PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Rs256 => RS256PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Rs384 => RS384PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
            Algorithm::Rs512 => RS512PublicKey::from_jwk(&jwk)
                .unwrap()
                .verify_token(&token, options),
        };
        assert_eq!(
            claims.unwrap().subject.as_deref(),
            Some("alice"),
            "{}",
            algorithm.name()
        );
    }
}

#[tokio::test]
async fn a_path_fails_as_it_is_told_to() {
    let issuer = TestIssuer::start().await.unwrap();
    issuer.set_answer("/x", CannedResponse::new(200, "good"));
    let slow = Fault::Slow(std::time::Duration::from_millis(1));
    let rows = [
        (None, Some((200, "good"))),
        (Some(Fault::Status(503)), Some((503, ""))),
        (
            Some(Fault::Garbage),
            Some((200, "<html>502 Bad Gateway</html>")),
        ),
        (Some(Fault::Huge(3)), Some((200, "   good"))),
        (Some(slow), Some((200, "good"))),
        (Some(Fault::Down), None),
    ];
    for (fault, expected) in rows {
        issuer.set_fault("/x", fault);
        let answer = get(&issuer, "/x").await.ok();
        assert_eq!(
            answer
                .as_ref()
                .map(|(status, body)| (*status, body.as_str())),
            expected,
            "{fault:?}"
        );
    }
    assert_eq!(issuer.requests("/x"), 6);
}

#[tokio::test]
async fn rotation_changes_the_keys_and_keeps_the_old_ones_if_asked() {
    let issuer = TestIssuer::start().await.unwrap();
    let ids = async || {
        let jwks: serde_json::Value =
            serde_json::from_str(&get(&issuer, JWKS).await.unwrap().1).unwrap();
        jwks["keys"]
            .as_array()
            .unwrap()
            .iter()
            .map(|key| key["kid"].to_string())
            .collect::<Vec<_>>()
    };
    let first = ids().await;
    issuer.rotate(true);
    let second = ids().await;
    issuer.rotate(false);
    let third = ids().await;
    assert_eq!((first.len(), second.len(), third.len()), (5, 10, 5));
    assert_eq!(second[5..], first);
    assert!(third.iter().all(|id| !second.contains(id)));
}
