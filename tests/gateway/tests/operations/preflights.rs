//! Preflights of browsers (Fetch standard, "CORS-preflight request").

use std::collections::BTreeSet;

use gateway_domain::operation::{Class, OPERATIONS, Responder};
use gateway_tests::{Stage, WholeResponse};
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

const APP: &str = "https://app.example";

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_of_every_path_is_answered_without_a_token() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"allowed_origins": format!("{APP}, http://localhost:3000")}));
    // Those of the sign-in are for the endpoint's own page alone. The MCP server refuses foreign origins itself: tests/mcp.
    let operations = OPERATIONS
        .iter()
        .filter(|row| row.class != Class::SignIn && row.responder != Responder::Mcp);
    for operation in operations {
        let methods = methods_of(operation.path);
        let path = operation.path.replace(['<', '>'], "");
        let preflight = |origin: &str| {
            stage
                .request(Method::OPTIONS, &path)
                .header("origin", origin)
                .header("access-control-request-method", operation.method.as_str())
                .header(
                    "access-control-request-headers",
                    "authorization, Content-Type,sentry-trace,x-requested-with, traceparent,baggage,Sentry-Trace",
                )
        };
        let allowed = WholeResponse::of(preflight(APP)).await;
        let names = [
            "allow",
            "vary",
            "access-control-allow-origin",
            "access-control-allow-methods",
            "access-control-max-age",
        ];
        let expected = [&methods, "Origin", APP, &methods, "600"];
        assert_eq!(
            (allowed.status.as_u16(), allowed.text()),
            (204, ""),
            "{path}"
        );
        assert_eq!(names.map(|name| allowed.header(name)), expected, "{path}");
        let headers = allowed.header("access-control-allow-headers");
        assert_eq!(
            headers,
            "authorization, content-type, sentry-trace, x-requested-with, traceparent, baggage",
            "{path}"
        );
        assert_eq!(
            allowed.header("access-control-allow-credentials"),
            "",
            "{path}"
        );

        let other = WholeResponse::of(preflight("https://other.example")).await;
        assert_eq!(
            names.map(|name| other.header(name)),
            [methods.as_str(), "Origin", "", "", ""],
            "{path}"
        );
        assert_eq!(other.status.as_u16(), 204, "{path}");

        let plain = WholeResponse::of(stage.request(Method::OPTIONS, &path)).await;
        assert_eq!(
            (plain.status.as_u16(), plain.header("allow")),
            (204, methods.as_str()),
            "{path}"
        );
    }
    assert!(stage.control().requests().is_empty(), "Dify was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_preflight_allows_64_names_and_2_kib_of_them_and_no_invalid_name() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"allowed_origins": APP}));
    let short: Vec<String> = (0..100).map(|number| format!("x-{number}")).collect();
    let long: Vec<String> = (10..50)
        .map(|number| format!("x-{number}-{}", "y".repeat(95)))
        .collect();
    let odd = ["authorization", "a b", "", "x:y", "x-trace-id"].map(str::to_owned);
    let rows = [
        (&short[..], short[..64].join(", ")),
        (&long[..], long[..20].join(", ")),
        (&odd[..], "authorization, x-trace-id".to_owned()),
    ];
    for (names, allowed) in rows {
        let request = stage
            .request(Method::OPTIONS, "/chat-messages")
            .header("origin", APP)
            .header("access-control-request-method", "POST")
            .header("access-control-request-headers", names.join(","));
        let answer = WholeResponse::of(request).await;
        assert_eq!(answer.status, 204, "{names:?}");
        assert_eq!(answer.header("access-control-allow-headers"), allowed);
    }
}

/// What `Allow` says of the operations at a path.
fn methods_of(path: &str) -> String {
    let at_path = OPERATIONS.iter().filter(|operation| operation.path == path);
    let mut methods: BTreeSet<&str> = at_path.map(|operation| operation.method.as_str()).collect();
    if methods.contains("GET") {
        methods.insert("HEAD");
    }
    methods.insert("OPTIONS");
    methods.into_iter().collect::<Vec<_>>().join(", ")
}
