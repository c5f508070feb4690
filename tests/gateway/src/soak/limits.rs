//! The time limits of an answer, which are minutes: none outlives them, and what a client left is released then too.

use std::time::{Duration, Instant};

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use super::long_calls::{a_chat_is_ended, a_workflow_is_handed_over};
use crate::{Holdings, Stage, events};

const CHAT: &str = "/chat-messages";
const HEAD: Duration = Duration::from_secs(300);
const IDLE: Duration = Duration::from_secs(120);
const TOTAL: Duration = Duration::from_secs(590);
/// Beyond the last limit, and the daemon's own.
const PATIENCE: Duration = Duration::from_secs(700);

/// Waits for each limit, with a client that reads and with one that has left.
///
/// # Panics
/// An answer ended before its limit, after it, or in other words than promised; or something is left of it.
pub async fn limits() {
    let stage = Stage::of(AppKind::SlowChatflow).await;
    stage.set_settings(&json!({"streams_per_user": "0"}));
    assert_eq!(stage.get(&stage.token("alice"), "/info").await.status, 200);
    let before = Holdings::at_rest(&stage).await;
    for chat in [silent(), slow("streaming")] {
        set_fault(&stage, &chat);
        drop(begin(&stage, &chat).await);
    }
    tokio::join!(
        stream_ends(&stage, silent(), IDLE),
        stream_ends(&stage, slow("streaming"), TOTAL),
        head_is_awaited(&stage),
        body_is_cut(&stage),
        a_workflow_is_handed_over(),
        a_chat_is_ended(),
    );
    before.given_back(&stage).await;
    stage.assert_unharmed();
}

/// A run that sends nothing but a ping every ten seconds.
fn slow(response_mode: &str) -> Value {
    json!({"query": "slow", "response_mode": response_mode, "inputs": {"secs": "3600"}})
}

/// A run that ends, with a response that does not.
fn silent() -> Value {
    json!({"query": "silent", "response_mode": "streaming", "inputs": {"secs": "0"}})
}

fn set_fault(stage: &Stage, chat: &Value) {
    if chat["query"] == "silent" {
        stage.control().set_fault_of_body("silent", Fault::NeverEnd);
    }
}

async fn begin(stage: &Stage, chat: &Value) -> Response {
    let request = stage
        .request(Method::POST, CHAT)
        .bearer_auth(stage.token("alice"));
    let mut response = request.timeout(PATIENCE).json(chat).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.chunk().await.unwrap().unwrap();
    response
}

async fn stream_ends(stage: &Stage, chat: Value, limit: Duration) {
    set_fault(stage, &chat);
    let began = Instant::now();
    let body = begin(stage, &chat).await.bytes().await.unwrap();
    let last = events(&body).pop().unwrap();
    assert_eq!(last["code"], "gateway_timeout", "{last}");
    assert!(
        began.elapsed() >= limit,
        "{chat} ended after {:?}",
        began.elapsed()
    );
    println!("{} ended after {:?}", chat["query"], began.elapsed());
}

async fn head_is_awaited(stage: &Stage) {
    let began = Instant::now();
    let request = stage
        .request(Method::POST, CHAT)
        .bearer_auth(stage.token("bob"));
    let request = request.timeout(PATIENCE).json(&slow("blocking"));
    let answer = crate::WholeResponse::of(request).await;
    let (status, code, _) = answer.refusal();
    assert_eq!((status, code.as_str()), (504, "dify_timeout"));
    assert!(began.elapsed() >= HEAD, "after {:?}", began.elapsed());
    println!("a blocking chat was given up after {:?}", began.elapsed());
}

async fn body_is_cut(stage: &Stage) {
    stage.control().set_fault_once("/info", Fault::NeverEnd);
    let began = Instant::now();
    let request = stage
        .request(Method::GET, "/info")
        .bearer_auth(stage.token("carol"));
    let response = request.timeout(PATIENCE).send().await.unwrap();
    let body = response.bytes().await;
    assert!(began.elapsed() >= IDLE, "after {:?}", began.elapsed());
    println!(
        "a body ended after {:?}: {:?}",
        began.elapsed(),
        body.map(|body| body.len())
    );
}
