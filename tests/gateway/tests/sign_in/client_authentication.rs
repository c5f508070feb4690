//! How the gateway proves itself to the token endpoint of a real provider.

use gateway_tests::Stage;
use gateway_tests::sign_in::{WEB_SECRET, client, merged};
use harness::{Browser, ProviderFault};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

#[tokio::test(flavor = "multi_thread")]
async fn every_way_is_taken_by_a_real_provider() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let provider = stage.identity_provider();
    let method = |method: &str| json!({"token_endpoint_auth_method": method});
    let mut rows = vec![
        (
            "client_secret_basic".to_owned(),
            "basic",
            method("client_secret_basic"),
            json!({}),
        ),
        (
            "client_secret_post".to_owned(),
            "post",
            method("client_secret_post"),
            json!({}),
        ),
        (
            "client_secret_post by itself".to_owned(),
            "auto",
            method("client_secret_post"),
            json!({}),
        ),
        (
            "client_secret_basic by itself".to_owned(),
            "auto",
            method("client_secret_basic"),
            json!({}),
        ),
        (
            "none".to_owned(),
            "none",
            merged(method("none"), &json!({"client_secret": null})),
            json!({"client_secret": null}),
        ),
    ];
    for algorithm in ["RS256", "PS256", "ES256", "EdDSA"] {
        let key = provider.client_key(algorithm).await.unwrap();
        let registered = |jwk: Value| {
            let metadata = json!({
                "client_secret": null,
                "jwks": {"keys": [jwk]},
                "token_endpoint_auth_signing_alg": algorithm,
            });
            merged(method("private_key_jwt"), &metadata)
        };
        let settings = |key: String| json!({"client_secret": null, "client_key": key});
        let kid = json!({"kid": "of its owner"});
        let ways = [
            ("a JWK", key.public_jwk.clone(), key.private_jwk.to_string()),
            (
                "a JWK with a kid",
                merged(key.public_jwk.clone(), &kid),
                merged(key.private_jwk.clone(), &kid).to_string(),
            ),
            ("a PEM", key.public_jwk.clone(), key.pem.clone()),
            (
                "a PEM, registered with a kid",
                merged(key.public_jwk.clone(), &kid),
                key.pem.clone(),
            ),
        ];
        for (way, public, private) in ways {
            // A PEM does not say PS256.
            if algorithm == "PS256" && way.starts_with("a PEM") {
                continue;
            }
            rows.push((
                format!("private_key_jwt with {algorithm}, {way}"),
                "private_key_jwt",
                registered(public),
                settings(private),
            ));
        }
        rows.push((
            format!("private_key_jwt with {algorithm}, by itself"),
            "auto",
            registered(key.public_jwk),
            settings(key.private_jwk.to_string()),
        ));
    }
    for (number, (case, setting, metadata, settings)) in rows.into_iter().enumerate() {
        let id = format!("client:{number}%+");
        let mut registered = merged(
            merged(client(&stage.public_url()), &metadata),
            &json!({"client_id": id}),
        );
        registered
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        provider.register(&registered).await.unwrap();
        stage.set_sign_in(&merged(
            json!({"client_id": id, "client_authentication": setting}),
            &settings,
        ));
        let page = stage.log_in(&Browser::new(), "/auth/login", "alice").await;
        assert!(
            page.shown.meta("gateway-page").is_some(),
            "{case}: {}\n{}",
            page.trail(),
            page.shown.text()
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_wrong_secret_is_the_administrators_affair() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({"client_secret": "wrong"})).await;
    let page = stage.log_in(&Browser::new(), "/auth/login", "alice").await;
    let text = page.shown.text();
    assert_eq!(page.shown.status, 503, "{}\n{text}", page.trail());
    assert!(text.contains("configuration_error"), "{text}");
    assert!(!text.contains(WEB_SECRET), "{text}");
}

/// An administrator learns of a wrong secret before anybody signs in, from the provider itself.
#[tokio::test(flavor = "multi_thread")]
async fn health_says_that_a_secret_is_wrong_before_anybody_has_signed_in() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let rows = [
        ("wrong", 503, "failed", "Compare `client_secret`"),
        (
            WEB_SECRET,
            200,
            "not_checked",
            "did not object to the client",
        ),
    ];
    for (secret, status, expected, message) in rows {
        stage.set_sign_in(&json!({"client_secret": secret}));
        let request = stage.request(http::Method::GET, "/health");
        let response = request.bearer_auth(AppKind::Chat.key()).send().await;
        let response = response.unwrap();
        assert_eq!(response.status(), status);
        let report = response.text().await.unwrap();
        assert!(!report.contains(WEB_SECRET), "{report}");
        let report: Value = serde_json::from_str(&report).unwrap();
        let client = &report["identity_providers"][0]["client"];
        assert_eq!(client["status"], expected, "{client}");
        let found = client["message"].as_str().unwrap();
        assert!(found.contains(message), "{found}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn an_answer_that_is_lost_or_late_costs_a_second_try() {
    let stage = Stage::with_sign_in(AppKind::Chat, &json!({})).await;
    let provider = stage.identity_provider();
    for fault in [
        ProviderFault::Lost,
        ProviderFault::Answer(502, "text/html", "<html></html>".to_owned()),
    ] {
        provider.fail("/token", &fault, 1).await.unwrap();
        let browser = Browser::new();
        let page = stage.log_in(&browser, "/auth/login", "alice").await;
        assert_eq!(page.shown.status, 503, "{fault:?}: {}", page.trail());
        let page = stage.log_in(&browser, "/auth/login", "alice").await;
        assert!(
            page.shown.meta("gateway-page").is_some(),
            "{fault:?}: {}",
            page.trail()
        );
    }
    provider.set_user("crowd", &json!({"name": "Crowd", "groups": (0..300).map(|number| format!("group-{number}")).collect::<Vec<_>>()})).await.unwrap();
    let crowd = stage.sign_in(&Browser::new(), "crowd").await;
    assert_ne!(crowd.token, Value::Null.to_string());
}
