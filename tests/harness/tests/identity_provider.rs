//! The sign-in of the harness against the real `oidc-provider`.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use harness::{IdentityProvider, SignIn, http_client};
use serde_json::{Value, json};

/// One part of a JWT, 0 for the header, 1 for the claims; null where it cannot be decoded.
fn part(token: &str, index: usize) -> Value {
    let text = token
        .split('.')
        .nth(index)
        .and_then(|part| URL_SAFE_NO_PAD.decode(part).ok());
    text.and_then(|text| serde_json::from_slice(&text).ok())
        .unwrap_or_default()
}

#[tokio::test]
async fn the_usual_sign_in_yields_an_access_token_for_the_client() {
    let provider = IdentityProvider::start().await.unwrap();
    let tokens = provider.sign_in("alice").await.unwrap();
    let claims = part(&tokens.access_token, 1);
    assert_eq!(part(&tokens.access_token, 0)["alg"], "RS256");
    assert_eq!(part(&tokens.access_token, 0)["typ"], "at+jwt");
    assert_eq!(claims["iss"], provider.issuer());
    assert_eq!(claims["aud"], provider.client_id());
    assert_eq!(claims["sub"], "alice");
    assert_eq!(claims["scope"], "chat");
    assert_eq!(claims["email"], "alice@example.com");
    assert_eq!(claims["email_verified"], true);
    assert_eq!(claims["realm_access"], json!({"roles": ["user"]}));
    assert_eq!(claims["groups"], json!(["staff"]));
    assert_eq!(part(&tokens.id_token, 1)["email"], "alice@example.com");
}

#[tokio::test]
async fn the_resource_decides_the_form_of_the_access_token() {
    let provider = IdentityProvider::start().await.unwrap();
    let rows = [
        ("urn:dify:api", "RS256", "https://api.example.com", 3600),
        ("urn:dify:short", "RS256", "dify-web", 2),
        ("urn:dify:alg:PS384", "PS384", "dify-web", 3600),
        ("urn:dify:alg:ES256", "ES256", "dify-web", 3600),
        ("urn:dify:alg:ES384", "ES384", "dify-web", 3600),
        ("urn:dify:alg:ES512", "ES512", "dify-web", 3600),
        ("urn:dify:alg:EdDSA", "EdDSA", "dify-web", 3600),
    ];
    for (resource, algorithm, audience, lifetime) in rows {
        let sign_in = SignIn {
            resource: Some(resource),
            ..SignIn::of("bob")
        };
        let tokens = provider.sign_in_with(sign_in).await.unwrap();
        assert_eq!(
            part(&tokens.access_token, 0)["alg"],
            algorithm,
            "{resource}"
        );
        assert_eq!(part(&tokens.access_token, 1)["aud"], audience, "{resource}");
        assert_eq!(tokens.expires_in, lifetime, "{resource}");
    }
}

#[tokio::test]
async fn opaque_tokens_can_be_introspected_and_without_audience_be_taken_to_userinfo() {
    let provider = IdentityProvider::start().await.unwrap();
    let opaque_client = Some(provider.opaque_client_id());
    let rows = [
        (
            SignIn {
                resource: Some("urn:dify:opaque"),
                ..SignIn::of("bob")
            },
            json!("dify-web"),
            403,
        ),
        (
            SignIn {
                client_id: opaque_client,
                ..SignIn::of("bob")
            },
            Value::Null,
            200,
        ),
    ];
    for (sign_in, audience, userinfo_status) in rows {
        let token = provider.sign_in_with(sign_in).await.unwrap().access_token;
        assert!(!token.contains('.'), "{sign_in:?}: {token}");
        let url = format!("{}/token/introspection", provider.issuer());
        let client = provider.introspection();
        let request = http_client()
            .post(url)
            .basic_auth(&client.client_id, Some(&client.client_secret));
        let answer: Value = request
            .form(&[("token", &token)])
            .send()
            .await
            .unwrap()
            .json()
            .await
            .unwrap();
        assert_eq!(
            (&answer["active"], &answer["aud"]),
            (&json!(true), &audience),
            "{sign_in:?}"
        );
        let userinfo = http_client()
            .get(format!("{}/me", provider.issuer()))
            .bearer_auth(&token);
        assert_eq!(
            userinfo.send().await.unwrap().status(),
            userinfo_status,
            "{sign_in:?}"
        );
    }
}

#[tokio::test]
async fn who_is_unknown_cannot_sign_in() {
    let provider = IdentityProvider::start().await.unwrap();
    let error = provider.sign_in("mallory").await.unwrap_err().to_string();
    assert!(
        error.starts_with("sign-in of mallory has failed: 200 OK <!doctype html>"),
        "{error}"
    );
    assert!(error.contains("User or password is wrong."), "{error}");
}

#[tokio::test]
async fn rotation_replaces_the_keys_and_the_requests_are_counted() {
    let provider = IdentityProvider::start().await.unwrap();
    let tokens = provider.sign_in("alice").await.unwrap();
    for (keep_old, expected) in [(true, 10), (false, 5)] {
        provider.rotate_keys(keep_old).await.unwrap();
        let answer = http_client()
            .get(format!("{}/jwks", provider.issuer()))
            .send()
            .await
            .unwrap();
        let jwks: Value = answer.json().await.unwrap();
        assert_eq!(jwks["keys"].as_array().unwrap().len(), expected);
    }
    let refreshed = provider.refresh(&tokens.refresh_token).await.unwrap();
    assert_ne!(
        part(&refreshed.access_token, 0)["kid"],
        part(&tokens.access_token, 0)["kid"]
    );
    assert_eq!(provider.requests().await.unwrap()["/jwks"], 2);
}
