//! The time limits of an answer, which are minutes: none outlives them, and what a client left is released then too.

use std::time::{Duration, Instant};

use http::Method;
use reqwest::Response;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use crate::{Bench, Holdings, events};

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
    let bench = Bench::of(AppKind::SlowChatflow).await;
    bench.set_settings(&json!({"streams_per_user": "0"}));
    assert_eq!(bench.get(&bench.token("alice"), "/info").await.status, 200);
    let before = Holdings::at_rest(&bench).await;
    for chat in [silent(), slow("streaming")] {
        set_fault(&bench, &chat);
        drop(begin(&bench, &chat).await);
    }
    tokio::join!(
        stream_ends(&bench, silent(), IDLE),
        stream_ends(&bench, slow("streaming"), TOTAL),
        head_is_awaited(&bench),
        body_is_cut(&bench),
    );
    before.given_back(&bench).await;
    bench.assert_unharmed();
}

/// A run that sends nothing but a ping every ten seconds.
fn slow(response_mode: &str) -> Value {
    json!({"query": "slow", "response_mode": response_mode, "inputs": {"secs": "3600"}})
}

/// A run that ends, with a response that does not.
fn silent() -> Value {
    json!({"query": "silent", "response_mode": "streaming", "inputs": {"secs": "0"}})
}

fn set_fault(bench: &Bench, chat: &Value) {
    if chat["query"] == "silent" {
        bench.control().set_fault_of_body("silent", Fault::NeverEnd);
    }
}

async fn begin(bench: &Bench, chat: &Value) -> Response {
    let request = bench
        .request(Method::POST, CHAT)
        .bearer_auth(bench.token("alice"));
    let mut response = request.timeout(PATIENCE).json(chat).send().await.unwrap();
    assert_eq!(response.status(), 200);
    response.chunk().await.unwrap().unwrap();
    response
}

async fn stream_ends(bench: &Bench, chat: Value, limit: Duration) {
    set_fault(bench, &chat);
    let began = Instant::now();
    let body = begin(bench, &chat).await.bytes().await.unwrap();
    let last = events(&body).pop().unwrap();
    assert_eq!(last["code"], "gateway_timeout", "{last}");
    assert!(
        began.elapsed() >= limit,
        "{chat} ended after {:?}",
        began.elapsed()
    );
    println!("{} ended after {:?}", chat["query"], began.elapsed());
}

async fn head_is_awaited(bench: &Bench) {
    let began = Instant::now();
    let request = bench
        .request(Method::POST, CHAT)
        .bearer_auth(bench.token("bob"));
    let request = request.timeout(PATIENCE).json(&slow("blocking"));
    let answer = crate::Answer::of(request).await;
    let (status, code, _) = answer.refusal();
    assert_eq!((status, code.as_str()), (504, "dify_timeout"));
    assert!(began.elapsed() >= HEAD, "after {:?}", began.elapsed());
    println!("a blocking chat was given up after {:?}", began.elapsed());
}

async fn body_is_cut(bench: &Bench) {
    bench.control().set_fault_once("/info", Fault::NeverEnd);
    let began = Instant::now();
    let request = bench
        .request(Method::GET, "/info")
        .bearer_auth(bench.token("carol"));
    let response = request.timeout(PATIENCE).send().await.unwrap();
    let body = response.bytes().await;
    assert!(began.elapsed() >= IDLE, "after {:?}", began.elapsed());
    println!(
        "a body ended after {:?}: {:?}",
        began.elapsed(),
        body.map(|body| body.len())
    );
}
