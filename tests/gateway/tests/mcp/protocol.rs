//! The protocol, in both eras.

use gateway_tests::WholeResponse;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use crate::client::{MODERN, legacy, post, post_modern, stage_of};

#[tokio::test(flavor = "multi_thread")]
async fn both_eras_find_the_same_tool_and_each_gets_what_it_expects() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    let token = stage.token("alice");
    let opened = post(
        &stage,
        &token,
        &legacy(
            "initialize",
            &json!({"protocolVersion": "2025-06-18", "clientInfo": {"name": "test"}}),
        ),
        &[],
    )
    .await;
    let session = opened.header("mcp-session-id").to_owned();
    assert_eq!(session.len(), 32);
    assert_eq!(opened.json()["result"]["protocolVersion"], "2025-06-18");
    assert_eq!(
        opened.json()["result"]["serverInfo"]["title"],
        "oidc-workflow"
    );

    let notice = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    for message in [
        notice,
        json!({"jsonrpc": "2.0", "method": "x"}),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}}),
    ] {
        let response = post(&stage, &token, &message, &[("mcp-session-id", &session)]).await;
        assert_eq!(
            (response.status.as_u16(), response.text()),
            (202, ""),
            "{message}"
        );
    }
    let alive = post(&stage, &token, &legacy("ping", &json!({})), &[]).await;
    assert_eq!(
        alive.json(),
        json!({"jsonrpc": "2.0", "id": 1, "result": {}})
    );
    let discovered = post_modern(&stage, &token, "server/discover", &json!({})).await;
    assert_eq!(discovered.json()["result"]["supportedVersions"][0], MODERN);
    assert_eq!(discovered.header("mcp-session-id"), "");

    let older = post(&stage, &token, &legacy("tools/list", &json!({})), &[])
        .await
        .json();
    let newer = post_modern(&stage, &token, "tools/list", &json!({}))
        .await
        .json();
    assert_eq!(older["result"]["tools"], newer["result"]["tools"]);
    assert_eq!(
        (&older["result"]["ttlMs"], &newer["result"]["ttlMs"]),
        (&Value::Null, &json!(60000))
    );
    let names: Vec<_> = older["result"]["tools"]
        .as_array()
        .unwrap()
        .iter()
        .map(|tool| tool["name"].clone())
        .collect();
    assert_eq!(names, ["oidc_workflow", "get_result"]);
    let properties = older["result"]["tools"][0]["inputSchema"]["properties"]
        .as_object()
        .unwrap();
    assert_eq!(properties.keys().collect::<Vec<_>>(), ["doc", "q"]);
    let about = |path: &str| {
        stage
            .control()
            .requests()
            .iter()
            .filter(|seen| seen.path == path)
            .count()
    };
    assert_eq!((about("/v1/info"), about("/v1/parameters")), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn errors_of_the_protocol_have_the_status_that_their_era_expects() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    let token = stage.token("alice");
    let code = |response: &WholeResponse| {
        (
            response.status.as_u16(),
            response.json()["error"]["code"].as_i64().unwrap(),
        )
    };
    for (method, older, newer) in [("prompts/list", 200, 404), ("resources/list", 200, 404)] {
        assert_eq!(
            code(&post(&stage, &token, &legacy(method, &json!({})), &[]).await),
            (older, -32601)
        );
        assert_eq!(
            code(&post_modern(&stage, &token, method, &json!({})).await),
            (newer, -32601)
        );
    }
    assert_eq!(
        code(&post_modern(&stage, &token, "ping", &json!({})).await),
        (404, -32601)
    );
    let unknown = legacy("tools/call", &json!({"name": "nothing"}));
    assert_eq!(
        code(&post(&stage, &token, &unknown, &[]).await),
        (200, -32602)
    );
    let raw = async |body: Vec<u8>, content_type: &str| {
        let request = stage.request(Method::POST, "/mcp").bearer_auth(&token);
        WholeResponse::of(request.header("content-type", content_type).body(body)).await
    };
    assert_eq!(
        code(&raw(b"{".to_vec(), "application/json").await),
        (400, -32700)
    );
    assert_eq!(
        code(&raw(b"[]".to_vec(), "application/json").await),
        (400, -32600)
    );
    assert_eq!(
        raw(b"{}".to_vec(), "text/plain").await.refusal().1,
        "unsupported_media_type"
    );
    // A message of that many bytes; what may stand around JSON counts too.
    let sized = |length: usize| {
        let mut body = legacy("ping", &json!({})).to_string().into_bytes();
        body.resize(length, b' ');
        raw(body, "application/json")
    };
    assert_eq!(sized(256 * 1024).await.status, 200);
    for length in [256 * 1024 + 1, 10 * 1024 * 1024] {
        let large = sized(length).await;
        assert_eq!(
            (large.status.as_u16(), large.refusal().1.as_str()),
            (413, "body_too_large"),
            "{length}"
        );
    }

    stage.control().set_fault(
        "/info",
        Fault::Answer {
            status: 500,
            headers: vec![],
            body: b"{}".to_vec(),
        },
    );
    stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/other"}));
    assert_eq!(
        code(&post(&stage, &token, &legacy("tools/list", &json!({})), &[]).await),
        (200, -32603)
    );
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_result_comes_in_the_form_that_the_client_accepts() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let message = legacy(
        "tools/call",
        &json!({"name": "oidc_chatflow", "arguments": {"query": "hi"}}),
    );
    let rows = [
        ("application/json, text/event-stream", "text/event-stream"),
        ("text/event-stream", "text/event-stream"),
        ("application/json", "application/json"),
        ("*/*", "application/json"),
    ];
    for (accept, expected) in rows {
        let response = post(&stage, &token, &message, &[("accept", accept)]).await;
        assert_eq!(response.header("content-type"), expected, "{accept}");
        assert!(
            response.text().contains("q=hi|user=alice"),
            "{accept}: {}",
            response.text()
        );
    }
}
