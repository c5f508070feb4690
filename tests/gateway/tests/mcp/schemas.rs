//! The schemas of the tools, judged by a validator of JSON Schema 2020-12 that has nothing to do with the gateway.

use std::process::Stdio;

use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::client::{call, legacy, post, post_modern, stage_of};

/// Arguments of a call that every app of this kind takes.
fn arguments(app: AppKind) -> Value {
    match app {
        AppKind::AgentChat | AppKind::Chat | AppKind::Chatflow | AppKind::HitlChatflow => {
            json!({"query": "hi"})
        }
        _ => json!({"q": "x"}),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn every_schema_is_one_and_fits_what_is_taken_and_what_is_returned() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let called = [
        AppKind::AgentChat,
        AppKind::Chat,
        AppKind::Chatflow,
        AppKind::Completion,
        AppKind::HitlWorkflow,
        AppKind::Workflow,
    ];
    let mut rows = Vec::new();
    for app in AppKind::ALL {
        let public_url = "https://dify.example/e/chat";
        stage.set_settings(&json!({"mcp": "on", "public_url": public_url, "app_key": app.key()}));
        let list = post(&stage, &token, &legacy("tools/list", &json!({})), &[]).await;
        let list = list.json()["result"]["tools"].clone();
        let modern = post_modern(&stage, &token, "tools/list", &json!({})).await;
        assert_eq!(list, modern.json()["result"]["tools"], "{app:?}");
        let tools = list.as_array().unwrap();
        for tool in tools {
            let unknown = json!({"user": "mallory"});
            rows.push(
                json!({"schema": tool["inputSchema"], "good": [], "bad": [unknown, "x", []]}),
            );
            rows.push(
                json!({"schema": tool["outputSchema"], "good": [], "bad": [{}, {"status": "?"}]}),
            );
        }
        if called.contains(&app) {
            let arguments = arguments(app);
            let name = tools[0]["name"].as_str().unwrap();
            let result = call(&stage, &token, name, &arguments).await;
            let structured = result["structuredContent"].clone();
            assert!(structured.is_object(), "{app:?}: {result}");
            rows.push(json!({"schema": tools[0]["inputSchema"], "good": [arguments], "bad": []}));
            rows.push(json!({"schema": tools[0]["outputSchema"], "good": [structured], "bad": []}));
        }
    }
    assert_eq!(mistakes(&json!(rows)).await, json!([]));
}

/// What the validator has against `rows`.
async fn mistakes(rows: &Value) -> Value {
    let script = harness::workspace::root().join("tests/clients/mcp/validate.mjs");
    let mut validator = Command::new("node")
        .arg(script)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .kill_on_drop(true)
        .spawn()
        .unwrap();
    let mut input = validator.stdin.take().unwrap();
    input.write_all(rows.to_string().as_bytes()).await.unwrap();
    drop(input);
    let output = validator.wait_with_output().await.unwrap();
    assert!(output.status.success());
    serde_json::from_slice(&output.stdout).unwrap()
}
