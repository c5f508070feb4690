//! Settings that are missing or wrong: the administrator reads all the mistakes at once, and corrects them without a restart.

use gateway_tests::{Script, Stage, Wire};
use harness::Algorithm;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_is_named_and_corrected_settings_work_at_once() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let missing =
        |name: &str, example: &str| format!("`{name}` is missing; write text such as `{example}`.");
    let rows: [(Value, String); 7] = [
        (json!({"issuer": null}), missing("issuer", "https://idp.example.com/realms/main")),
        (json!({"client_id": ""}), missing("client_id", "my-app")),
        (json!({"app_key": " "}), missing("app_key", "app-…")),
        (json!({"app_key": 5}), "`app_key` is a JSON number instead of text; write text such as `app-…`.".to_owned()),
        (json!({"issuer": "idp.example.com"}), "`issuer` is not a URL that begins with `https://` or `http://`; write it in full.".to_owned()),
        (json!({"dify_api_url": "ftp://dify.example.com/v1"}), "`dify_api_url` is not a URL that begins with `https://` or `http://`; write it in full.".to_owned()),
        (
            json!({"issuer": null, "client_id": null, "app_key": null, "dify_api_url": "x", "clock_skew": "301"}),
            [
                missing("issuer", "https://idp.example.com/realms/main"),
                missing("client_id", "my-app"),
                "`dify_api_url` is not a URL that begins with `https://` or `http://`; write it in full.".to_owned(),
                missing("app_key", "app-…"),
                "`clock_skew` is not a whole number from 0 to 300; write seconds such as `60`.".to_owned(),
            ]
            .join(" "),
        ),
    ];
    for (changes, mistakes) in rows {
        stage.set_settings(&changes);
        let message = format!("The endpoint's settings are wrong. {mistakes}");
        let expected = (503, "configuration_error".to_owned(), message);
        assert_eq!(
            stage.get(&token, "/info").await.refusal(),
            expected,
            "{changes}"
        );
        stage.set_settings(&json!({}));
        assert_eq!(
            stage.get(&token, "/info").await.status,
            200,
            "after {changes}"
        );
    }
}

/// The default is Dify's cloud. A proxy on this machine, which has no way there, keeps the request from leaving it.
#[tokio::test(flavor = "multi_thread")]
async fn an_endpoint_without_dify_api_url_asks_the_declared_default() {
    let proxy = Wire::start(Script::Garbage).await;
    let stage = Stage::with(AppKind::Chatflow, |options| {
        for name in ["HTTPS_PROXY", "https_proxy"] {
            options
                .environment
                .push((name.to_owned(), proxy.url().to_owned()));
        }
        for name in ["NO_PROXY", "no_proxy"] {
            options
                .environment
                .push((name.to_owned(), "127.0.0.1".to_owned()));
        }
        options
            .settings
            .insert("dify_api_url".to_owned(), Value::Null);
    })
    .await;
    let refusal = stage.get(&stage.token("alice"), "/info").await.refusal();
    let message = "Dify could not be reached.".to_owned();
    assert_eq!(refusal, (502, "dify_unavailable".to_owned(), message));
    assert_eq!(proxy.request_lines(), ["CONNECT api.dify.ai:443 HTTP/1.1"]);
}

/// A space separates client IDs, and some providers allow one in a client ID.
#[tokio::test(flavor = "multi_thread")]
async fn a_client_id_with_a_space_is_written_in_quotes_as_the_refusal_says() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let issuer = stage.issuer();
    let mut claims = issuer.claims("alice");
    claims["aud"] = json!("Chat App");
    let token = issuer.token(Algorithm::Es256, &claims);
    stage.set_settings(&json!({"client_id": "Chat App"}));
    let message = "The token's `aud` is \"Chat App\"; this endpoint accepts tokens for Chat, App. A space or a comma \
                   separates two values in `client_id`: an administrator must write \"Chat App\" there, in double quotes.";
    let expected = (401, "token_audience_refused".to_owned(), message.to_owned());
    assert_eq!(stage.get(&token, "/info").await.refusal(), expected);
    stage.set_settings(&json!({"client_id": "\"Chat App\""}));
    assert_eq!(stage.get(&token, "/info").await.status, 200);
}
