//! 60 MB at 200 kB/s.

use std::time::Duration;

use fastrand::Rng;
use serde_json::json;
use stand_in_dify::{AppKind, Fault};

use crate::{Stage, read_slowly};

const LENGTH: usize = 60_000_000;
const SLOWLY: Duration = Duration::from_secs(400);
const FILE: &str = "GET /files/6f1d2c3b-0000-4000-8000-000000000009/preview";
const CHAT: &str = "POST /chat-messages";

/// Reads a file and a stream of that length, both from the beginning to the end at that rate.
///
/// # Panics
/// A byte is missing.
pub async fn slow_reader() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let mut file = vec![0; LENGTH];
    Rng::with_seed(1).fill(&mut file);
    tokio::join!(
        read(&stage, FILE, "application/octet-stream", file),
        read(&stage, CHAT, "text/event-stream", events())
    );
    assert_eq!(stage.stack.daemon.dropped_chunks(), 0);
    stage.assert_unharmed();
}

/// Events of about 1 kB.
fn events() -> Vec<u8> {
    let text = "x".repeat(950);
    let frame = |number| {
        format!("data: {{\"event\":\"message\",\"id\":{number},\"answer\":\"{text}\"}}\n\n")
    };
    (0..LENGTH / 1000)
        .map(frame)
        .collect::<String>()
        .into_bytes()
}

async fn read(stage: &Stage, head: &str, content_type: &str, body: Vec<u8>) {
    let (method, path) = head.split_once(' ').unwrap();
    let instead = Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.clone(),
    };
    stage.control().set_fault_once(path, instead);
    let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}}).to_string();
    let sent = if method == "GET" { "" } else { &chat };
    let answer = read_slowly(stage, head, &stage.token("alice"), sent, SLOWLY).await;
    assert_eq!(answer.status, 200, "{head}");
    assert!(
        answer.body == body,
        "{} of {} bytes of {head}",
        answer.body.len(),
        body.len()
    );
    println!("{head}: {} bytes", body.len());
}
