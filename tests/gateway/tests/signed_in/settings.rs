//! Settings that are missing or wrong: the administrator reads all the mistakes at once, and corrects them without a restart.

use gateway_tests::Bench;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

#[tokio::test(flavor = "multi_thread")]
async fn every_mistake_is_named_and_corrected_settings_work_at_once() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
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
        bench.set_settings(&changes);
        let message = format!("The endpoint's settings are wrong. {mistakes}");
        let expected = (503, "configuration_error".to_owned(), message);
        assert_eq!(
            bench.get(&token, "/info").await.refusal(),
            expected,
            "{changes}"
        );
        bench.set_settings(&json!({}));
        assert_eq!(
            bench.get(&token, "/info").await.status,
            200,
            "after {changes}"
        );
    }
}
