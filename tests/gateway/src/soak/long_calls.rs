//! Calls of AI clients that take longer than a call may: a workflow goes on without its caller, who asks for the result,
//! and a chat is ended.

use std::time::{Duration, Instant};

use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use crate::{Stage, WholeResponse};

/// After this time the call ends. Clients give up after 60 s.
const HANDOVER: Duration = Duration::from_secs(50);
const LATEST: Duration = Duration::from_secs(55);
const RUN: Duration = Duration::from_secs(70);
/// After this time a chat ends, which nobody could ask for later.
const TOTAL: Duration = Duration::from_secs(590);

/// Calls a workflow of 70 s, and asks for its result as its caller and as somebody else.
///
/// # Panics
/// A call ended too early or too late, or told something else than it should.
pub async fn a_workflow_is_handed_over() {
    let stage = Stage::of(AppKind::SlowWorkflow).await;
    stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/x"}));
    let began = Instant::now();
    let running = call(&stage, "alice", "slow_workflow", &json!({"secs": "70"})).await;
    let structured = &running["structuredContent"];
    assert_eq!(structured["status"], "running", "{running}");
    assert!(
        (HANDOVER..LATEST).contains(&began.elapsed()),
        "{:?}",
        began.elapsed()
    );
    println!("a call was handed over after {:?}", began.elapsed());

    let run = json!({"workflow_run_id": structured["workflow_run_id"]});
    let foreign = call(&stage, "bob", "get_result", &run).await;
    assert_eq!(foreign["isError"], true, "{foreign}");
    let finished = call(&stage, "alice", "get_result", &run).await;
    assert_eq!(
        finished["structuredContent"]["status"], "succeeded",
        "{finished}"
    );
    assert!(began.elapsed() >= RUN, "{:?}", began.elapsed());
    stage.assert_unharmed();
}

/// Calls a chat that does nothing but keep its connection alive.
///
/// # Panics
/// The call ended before its time, or in other words than promised.
pub async fn a_chat_is_ended() {
    let stage = Stage::of(AppKind::Chat).await;
    stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/x"}));
    stage.control().set_event_interval(2 * TOTAL);
    let began = Instant::now();
    let ended = call(&stage, "alice", "oidc_chat", &json!({"query": "hi"})).await;
    let text = &ended["content"][0]["text"];
    assert_eq!(
        (&ended["isError"], text),
        (
            &json!(true),
            &json!(
                "The app took longer than a call may take, and the gateway has ended it. (gateway_timeout)"
            )
        ),
        "{ended}"
    );
    assert!(began.elapsed() >= TOTAL, "{:?}", began.elapsed());
    println!("a call of a chat ended after {:?}", began.elapsed());
    stage.assert_unharmed();
}

async fn call(stage: &Stage, user: &str, name: &str, arguments: &Value) -> Value {
    let params = json!({"name": name, "arguments": arguments});
    let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
    let request = stage
        .request(Method::POST, "/mcp")
        .bearer_auth(stage.token(user))
        .timeout(TOTAL + LATEST);
    let response = WholeResponse::of(request.json(&call)).await;
    response.json()["result"].clone()
}
