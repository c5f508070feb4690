//! Behind the nginx that Dify has.

use std::time::Duration;

use gateway_tests::WholeResponse;
use harness::HOOK_ID;
use harness::nginx::{self, Site};
use harness::system::Program;
use serde_json::json;
use stand_in_dify::{AppKind, Fault};

use crate::client::{MODERN, legacy, stage_of, token_with};

#[tokio::test(flavor = "multi_thread")]
async fn behind_difys_nginx_every_field_passes_and_nothing_is_held_back() {
    let Some(program) =
        Program::Nginx.or_skip("behind_difys_nginx_every_field_passes_and_nothing_is_held_back")
    else {
        return;
    };
    let long = format!("https://dify.example/e/{}", "x".repeat(480));
    let scopes = vec!["s".repeat(30); 20].join(" ");
    let settings = json!({"public_url": long, "mcp_scopes": scopes});
    let stage = stage_of(AppKind::Chatflow, &settings).await;
    let nginx = nginx::start(&program, Site::Dify, stage.stack.daemon.base_url())
        .await
        .unwrap();
    let address = format!("{}/e/{HOOK_ID}/mcp", nginx.url("127.0.0.1"));
    let client = harness::http_client();
    let post = |token: &str| {
        let accept = "application/json, text/event-stream";
        client
            .post(&address)
            .bearer_auth(token)
            .header("accept", accept)
    };
    // The longest head that the gateway writes here.
    let foreign = token_with(&stage, "alice", &json!({"aud": "y".repeat(2000)}));
    let refused = WholeResponse::of(post(&foreign).json(&json!({}))).await;
    assert_eq!(refused.status, 401, "{}", nginx.log());
    assert!(refused.header("www-authenticate").contains(&scopes));

    let token = stage.token("alice");
    let initialize = legacy("initialize", &json!({"protocolVersion": "2025-11-25"}));
    let opened = WholeResponse::of(post(&token).json(&initialize)).await;
    assert_eq!(opened.header("mcp-session-id").len(), 32);
    let notice = json!({"jsonrpc": "2.0", "method": "notifications/initialized"});
    let noticed = WholeResponse::of(post(&token).json(&notice)).await;
    assert_eq!((noticed.status.as_u16(), noticed.text()), (202, ""));

    // Where clients look that do not read the challenge.
    let root = nginx.url("127.0.0.1");
    let look =
        |path: &str| client.get(format!("{root}/.well-known/oauth-protected-resource{path}"));
    let found = WholeResponse::of(look(&format!("/e/{HOOK_ID}/mcp"))).await;
    assert_eq!(found.json()["resource"], format!("{long}/mcp"));
    for other in ["", "/mcp"] {
        assert_eq!(look(other).send().await.unwrap().status(), 404, "{other}");
    }

    let delay = Fault::Delay(Duration::from_secs(20));
    stage.control().set_fault("/chat-messages", delay);
    let meta = json!({
        "io.modelcontextprotocol/protocolVersion": MODERN,
        "io.modelcontextprotocol/clientCapabilities": {},
    });
    let params = json!({"name": "oidc_chatflow", "arguments": {"query": "hi"}, "_meta": meta});
    let call = post(&token)
        .header("mcp-protocol-version", MODERN)
        .header("mcp-method", "tools/call")
        .header("mcp-name", "oidc_chatflow");
    let call = call.json(&legacy("tools/call", &params));
    let mut response = call.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.chunk().await.unwrap().unwrap(), ": working\n\n");
    assert!(!nginx.log().contains("too big header"), "{}", nginx.log());
}
