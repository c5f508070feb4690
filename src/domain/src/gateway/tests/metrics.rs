//! `GET /metrics`: who may read it, and what it says.

use http::Method;
use serde_json::{Value, json};

use super::{APP_KEY, Fixture, answered, relayed};
use crate::environment::fake::ok;
use crate::gateway::RelayEnd;
use crate::response::Response;

fn read(fixture: &Fixture, token: Option<&str>) -> Response {
    let mut request = fixture.request(Method::GET, token.unwrap_or_default());
    if token.is_none() {
        request.headers.clear();
    }
    answered(fixture.handle("get_metrics", &request, ""))
}

fn text(response: &Response) -> String {
    assert_eq!(response.status, 200);
    String::from_utf8(response.body.clone()).unwrap()
}

/// The token that `/health` shows.
fn metrics_token(fixture: &Fixture) -> String {
    let request = fixture.request(Method::GET, APP_KEY);
    let report = answered(fixture.handle("get_health", &request, ""));
    let report: Value = serde_json::from_slice(&report.body).unwrap();
    report["metrics_token"].as_str().unwrap().to_owned()
}

#[test]
fn only_the_app_key_and_the_metrics_token_of_this_endpoint_open_it() {
    let fixture = Fixture::new(&json!({}));
    for path in ["info", "site"] {
        let address = format!("https://dify.example/v1/{path}");
        fixture.environment.answer(&address, ok("{}"));
    }
    let token = metrics_token(&fixture);
    for (presented, status) in [
        (Some(APP_KEY), 200),
        (Some(token.as_str()), 200),
        (Some(token.trim_end_matches(char::is_alphanumeric)), 401),
        (Some(fixture.token(&json!({"groups": "ops"})).as_str()), 401),
        (None, 401),
    ] {
        let response = read(&fixture, presented);
        assert_eq!(response.status, status, "{presented:?}");
        if status == 401 {
            let body: Value = serde_json::from_slice(&response.body).unwrap();
            let message = "`Authorization` holds neither the endpoint's metrics token nor its app key as bearer token. \
                           `GET /health` with the app key shows the metrics token, as `metrics_token`.";
            assert_eq!(
                (&body["code"], &body["message"]),
                (&json!("metrics_token_required"), &json!(message))
            );
        }
    }
    let mut request = fixture.request(Method::GET, &token);
    request.endpoint = "e2".to_owned();
    let response = answered(fixture.handle("get_metrics", &request, ""));
    assert_eq!(response.status, 401);
    for handler in ["get_health", "get_info", "get_whoami"] {
        let request = fixture.request(Method::GET, &token);
        let response = answered(fixture.handle(handler, &request, ""));
        assert!(
            !String::from_utf8_lossy(&response.body).contains("limits"),
            "{handler}"
        );
        assert_ne!(
            (handler != "get_health").then_some(200),
            Some(response.status.as_u16()),
            "{handler}"
        );
    }
}

#[test]
fn it_says_what_the_endpoint_has_done_and_nothing_of_a_person() {
    let fixture = Fixture::new(&json!({}));
    let relay = relayed(fixture.chat(
        &json!({"email": "alice@example.com"}),
        r#"{"query":"q","inputs":{}}"#,
    ));
    let open = text(&read(&fixture, Some(APP_KEY)));
    assert!(open.contains("oidc_gateway_open_runs 1\n"), "{open}");
    fixture
        .gateway
        .relay_ended(relay.context, RelayEnd::Complete);
    let request = fixture.request(
        Method::GET,
        &fixture.token(&json!({"sub": "alice@example.com"})),
    );
    answered(fixture.handle("get_whoami", &request, ""));
    let response = read(&fixture, Some(APP_KEY));
    let media_type = "application/openmetrics-text; version=1.0.0; charset=utf-8";
    assert_eq!(response.headers["content-type"], media_type);
    let text = text(&response);
    for line in [
        "oidc_gateway_info{version=\"0.1.0\"} 1",
        "oidc_gateway_open_runs 0",
        "oidc_gateway_requests_total{operation=\"get_whoami\",status=\"200\",code=\"\"} 1",
        "oidc_gateway_tokens_total{verdict=\"accepted\",algorithm=\"EdDSA\",seen=\"no\"} 2",
        "oidc_gateway_module_restarts_total 2",
        "oidc_gateway_early_refusals_total{code=\"busy\"} 3",
        "process_cpu_seconds_total 1.5",
        "process_resident_memory_bytes 1024",
        "process_start_time_seconds 1767225600.25",
    ] {
        let line = line.replace("0.1.0", env!("CARGO_PKG_VERSION"));
        assert!(
            text.lines().any(|found| found == line),
            "{line} is not in\n{text}"
        );
    }
    assert!(!text.contains("alice"), "{text}");
    assert!(!text.contains("app-"), "{text}");
}
