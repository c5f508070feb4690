//! Nothing grows with the number of requests.

use std::sync::atomic::{AtomicUsize, Ordering};
use std::time::Duration;

use futures::future::join_all;
use serde_json::json;
use stand_in_dify::AppKind;

use crate::{Holdings, Stage};

const REQUESTS: usize = 200_000;
/// Far more than the gateway remembers.
const TOKENS: usize = 50_000;
const CLIENTS: usize = 16;
const QUARTERS: usize = 4;
/// One request of this many is a stream, the others read what the app is.
const STREAMS: usize = 20;
/// Bytes. An entry of 100 bytes for each request after the first quarter would take more.
const BOUND: u64 = 12 * 1024 * 1024;

/// Sends 200 000 requests with 50 000 tokens and prints what the process holds after each quarter.
///
/// # Panics
/// A request has failed, or the process has grown since all tokens had been seen.
pub async fn growth() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"log_level": "error", "streams_per_user": "0"}));
    stage.control().set_event_interval(Duration::ZERO);
    let tokens: Vec<String> = (0..TOKENS)
        .map(|number| stage.token(&format!("user-{number}")))
        .collect();
    let mut quarters = Vec::new();
    for quarter in 1..=QUARTERS {
        send(&stage, &tokens).await;
        let holdings = Holdings::of(&stage);
        println!(
            "after {} requests: {holdings:?}",
            quarter * REQUESTS / QUARTERS
        );
        quarters.push(holdings.resident);
    }
    stage.assert_unharmed();
    let (first, last) = (quarters[0], quarters[QUARTERS - 1]);
    assert!(
        last < first + BOUND,
        "the process has grown: {quarters:?} bytes"
    );
}

/// A quarter of the requests.
async fn send(stage: &Stage, tokens: &[String]) {
    let next = AtomicUsize::new(0);
    let client = async || {
        loop {
            let number = next.fetch_add(1, Ordering::Relaxed);
            if number >= REQUESTS / QUARTERS {
                return;
            }
            ask(stage, &tokens[number % tokens.len()], number).await;
        }
    };
    join_all((0..CLIENTS).map(|_| client())).await;
}

async fn ask(stage: &Stage, token: &str, number: usize) {
    let answer = if number.is_multiple_of(STREAMS) {
        let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
        stage.post(token, "/chat-messages", &chat).await
    } else {
        stage.get(token, "/info").await
    };
    assert_eq!(answer.status, 200, "{}", answer.text());
}
