//! The browser of the harness signs in at the real `oidc-provider`, to a web client that a test has registered.
#![cfg(test)]

use harness::{Browser, IdentityProvider, ProviderFault, TestIssuer, http_client};
use serde_json::{Value, json};

/// The digest of this verifier (RFC 7636 appendix B).
const VERIFIER: &str = "dBjftJeZ4CVP-mB92K27uhbUJU1p1r_wW1gFWFOEjXk";
const CHALLENGE: &str = "E9Melhoa2OwvFrEMTJguCHaoeK1t8URWbuGJSstw-cM";

/// A provider, and an application at an origin of its own.
struct Scene {
    provider: IdentityProvider,
    application: TestIssuer,
}

impl Scene {
    async fn new() -> Self {
        let provider = IdentityProvider::start().await.unwrap();
        let application = TestIssuer::start().await.unwrap();
        let at = |path: &str| format!("{}{path}", application.issuer());
        let client = json!({
            "client_id": "web", "client_secret": "s:e%c+r", "grant_types": ["authorization_code", "refresh_token"],
            "redirect_uris": [at("/callback")], "post_logout_redirect_uris": [at("/logged-out")],
            "backchannel_logout_uri": at("/backchannel"), "backchannel_logout_session_required": true,
            "token_endpoint_auth_method": "client_secret_post",
        });
        provider.register(&client).await.unwrap();
        Self {
            provider,
            application,
        }
    }

    fn authorization_request(&self) -> String {
        format!(
            "{}/auth?response_type=code&client_id=web&redirect_uri={}/callback&scope=openid%20email&state=s&nonce=n\
             &code_challenge={CHALLENGE}&code_challenge_method=S256",
            self.provider.issuer(),
            self.application.issuer()
        )
    }

    async fn token(&self, grant: &[(&str, &str)]) -> (u16, Value) {
        let request = http_client().post(format!("{}/token", self.provider.issuer()));
        let credentials = [("client_id", "web"), ("client_secret", "s:e%c+r")];
        let response = request
            .form(&[&credentials, grant].concat())
            .send()
            .await
            .unwrap();
        (
            response.status().as_u16(),
            response.json().await.unwrap_or_default(),
        )
    }
}

#[tokio::test]
async fn a_web_client_signs_in_refreshes_and_signs_out() {
    let scene = Scene::new().await;
    let browser = Browser::new();
    let page = browser
        .sign_in(
            &scene.authorization_request(),
            "alice",
            scene.provider.password(),
        )
        .await
        .unwrap();
    let callback = page.url().clone();
    assert!(
        callback
            .as_str()
            .starts_with(&format!("{}/callback?", scene.application.issuer())),
        "{}",
        page.trail()
    );
    let query: std::collections::HashMap<_, _> = callback.query_pairs().into_owned().collect();
    assert_eq!(
        (query["state"].as_str(), query["iss"].as_str()),
        ("s", scene.provider.issuer())
    );

    let redirect_uri = format!("{}/callback", scene.application.issuer());
    let grant = [
        ("grant_type", "authorization_code"),
        ("code", &query["code"]),
        ("redirect_uri", &redirect_uri),
        ("code_verifier", VERIFIER),
    ];
    let (status, tokens) = scene.token(&grant).await;
    assert_eq!(status, 200, "{tokens}");
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", tokens["refresh_token"].as_str().unwrap()),
    ];
    assert_eq!(scene.token(&refresh).await.0, 200);
    scene
        .provider
        .set_user("alice", &Value::Null)
        .await
        .unwrap();
    assert_eq!(
        scene.token(&refresh).await,
        (
            400,
            json!({"error": "invalid_grant", "error_description": "grant request is invalid"})
        )
    );
    scene.provider.set_user("alice", &json!({})).await.unwrap();

    let hint = tokens["id_token"].as_str().unwrap();
    let logout = format!(
        "{}/session/end?id_token_hint={hint}&post_logout_redirect_uri={}/logged-out",
        scene.provider.issuer(),
        scene.application.issuer()
    );
    let page = browser.open(&logout).await.unwrap();
    let form = page.shown.forms().remove(0);
    let page = browser.submit(&page, &form, &[]).await.unwrap();
    assert_eq!(page.url().path(), "/logged-out", "{}", page.trail());
    assert_eq!(scene.application.requests("/backchannel"), 1);
    let page = browser.open(&scene.authorization_request()).await.unwrap();
    assert!(
        page.url().path().starts_with("/interaction/"),
        "{}",
        page.trail()
    );
}

#[tokio::test]
async fn a_path_of_the_provider_fails_as_often_as_it_is_told_to() {
    let scene = Scene::new().await;
    let refresh = [
        ("grant_type", "refresh_token"),
        ("refresh_token", "unknown"),
    ];
    let fault = ProviderFault::oauth_error(401, "invalid_client");
    scene.provider.fail("/token", &fault, 1).await.unwrap();
    assert_eq!(
        scene.token(&refresh).await,
        (401, json!({"error": "invalid_client"}))
    );
    assert_eq!(scene.token(&refresh).await.1["error"], "invalid_grant");
    scene
        .provider
        .fail("/token", &ProviderFault::Lost, 1)
        .await
        .unwrap();
    let lost = http_client()
        .post(format!("{}/token", scene.provider.issuer()))
        .form(&refresh)
        .send()
        .await;
    assert!(lost.is_err(), "{lost:?}");
    scene
        .provider
        .fail(
            "/token",
            &ProviderFault::Redirect("/elsewhere".to_owned()),
            9,
        )
        .await
        .unwrap();
    assert_eq!(scene.token(&refresh).await.0, 302);
    scene.provider.mend("/token").await.unwrap();
    assert_eq!(scene.token(&refresh).await.1["error"], "invalid_grant");
    assert_eq!(scene.provider.requests().await.unwrap()["/token"], 5);
}

#[tokio::test]
async fn keys_of_clients_are_of_the_algorithm_that_was_asked_for() {
    let provider = IdentityProvider::start().await.unwrap();
    for (algorithm, kty) in [
        ("RS256", "RSA"),
        ("PS256", "RSA"),
        ("ES256", "EC"),
        ("EdDSA", "OKP"),
    ] {
        let key = provider.client_key(algorithm).await.unwrap();
        assert_eq!(
            (&key.public_jwk["kty"], &key.public_jwk["alg"]),
            (&json!(kty), &json!(algorithm))
        );
        assert!(
            key.pem.starts_with("-----BEGIN PRIVATE KEY-----"),
            "{algorithm}"
        );
        assert!(
            key.private_jwk["d"].is_string() && key.public_jwk["d"].is_null(),
            "{algorithm}"
        );
    }
}
