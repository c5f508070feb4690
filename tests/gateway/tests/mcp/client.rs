//! What an MCP client sends, and what it gets.

use gateway_tests::sign_in::{changed, merged};
use gateway_tests::{Stage, WholeResponse};
use harness::Algorithm;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

pub const PUBLIC_URL: &str = "https://dify.example/e/chat/";
pub const RESOURCE: &str = "https://dify.example/e/chat/mcp";
pub const MODERN: &str = "2026-07-28";

/// A stage whose endpoint is an MCP server for `app`.
pub async fn stage_of(app: AppKind, changes: &Value) -> Stage {
    let stage = Stage::of(app).await;
    let settings = json!({"mcp": "on", "public_url": PUBLIC_URL});
    stage.set_settings(&merged(settings, changes));
    stage
}

/// A token of `user` with these claims instead of the usual ones; null removes one.
pub fn token_with(stage: &Stage, user: &str, changes: &Value) -> String {
    let issuer = stage.issuer();
    let claims = changed(issuer.claims(user), changes);
    issuer.token(Algorithm::Es256, &claims)
}

/// A request of the legacy era.
pub fn legacy(method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": 1, "method": method, "params": params})
}

/// Posts a message; `fields` are those beside the usual ones.
pub async fn post(
    stage: &Stage,
    token: &str,
    message: &Value,
    fields: &[(&str, &str)],
) -> WholeResponse {
    let mut request = stage.request(Method::POST, "/mcp").bearer_auth(token);
    for (name, value) in fields {
        request = request.header(*name, *value);
    }
    WholeResponse::of(request.json(message)).await
}

/// Posts a message of the modern era, whose fields say what it says.
pub async fn post_modern(
    stage: &Stage,
    token: &str,
    method: &str,
    params: &Value,
) -> WholeResponse {
    let mut params = params.clone();
    params["_meta"]["io.modelcontextprotocol/protocolVersion"] = MODERN.into();
    params["_meta"]["io.modelcontextprotocol/clientCapabilities"] = json!({});
    let name = params["name"].as_str().unwrap_or_default().to_owned();
    let mut fields = vec![
        ("mcp-protocol-version", MODERN),
        ("mcp-method", method),
        ("accept", "application/json, text/event-stream"),
        // This era has no sessions, so it means nothing.
        ("mcp-session-id", "of another era"),
    ];
    if !name.is_empty() {
        fields.push(("mcp-name", &name));
    }
    post(stage, token, &legacy(method, &params), &fields).await
}

/// Calls a tool and returns every message of the stream.
pub async fn call_with(stage: &Stage, token: &str, params: &Value) -> Vec<Value> {
    let accept = [("accept", "application/json, text/event-stream")];
    let response = post(stage, token, &legacy("tools/call", params), &accept).await;
    assert_eq!(response.status, 200);
    match response.header("content-type") {
        "text/event-stream" => messages(response.text()),
        _ => vec![response.json()],
    }
}

/// The messages of an event stream.
pub fn messages(stream: &str) -> Vec<Value> {
    let data = stream
        .lines()
        .filter_map(|line| line.strip_prefix("data: "));
    data.map(|json| serde_json::from_str(json).unwrap())
        .collect()
}

/// The result of a call.
pub async fn call(stage: &Stage, token: &str, name: &str, arguments: &Value) -> Value {
    let params = json!({"name": name, "arguments": arguments});
    let messages = call_with(stage, token, &params).await;
    messages.last().expect("a result")["result"].clone()
}

/// All texts of a result.
pub fn text(result: &Value) -> String {
    let content = result["content"].as_array().unwrap().iter();
    let texts = content.filter_map(|part| part["text"].as_str());
    texts.collect::<Vec<_>>().join("\n")
}
