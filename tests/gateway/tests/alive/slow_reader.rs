//! A slow reader gets every byte, though the daemon keeps only 128 pieces for it and drops the others.

use std::time::Duration;

use gateway_tests::{Stage, read_slowly};
use serde_json::json;
use stand_in_dify::{AppKind, Fault};

/// Long enough to fill every buffer between the gateway and the reader many times.
const LENGTH: usize = 20 * 1024 * 1024;
const SLOWLY: Duration = Duration::from_secs(5);
const FILE: &str = "GET /files/6f1d2c3b-0000-4000-8000-000000000009/preview";
const CHAT: &str = "POST /chat-messages";

/// Bytes that show a part that is missing, repeated or in another place.
fn noise(length: usize) -> Vec<u8> {
    let mut generator = fastrand::Rng::with_seed(1);
    let mut noise = vec![0; length];
    generator.fill(&mut noise);
    noise
}

/// Events of about `size` bytes.
fn events(size: usize, count: usize) -> Vec<u8> {
    let text = "x".repeat(size);
    let frame = |number| {
        format!("data: {{\"event\":\"message\",\"id\":{number},\"answer\":\"{text}\"}}\n\n")
    };
    (0..count).map(frame).collect::<String>().into_bytes()
}

fn instead(content_type: &str, body: &[u8]) -> Fault {
    Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), content_type.to_owned())],
        body: body.to_vec(),
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_slow_reader_gets_every_byte_and_no_line_is_too_long_for_the_daemon() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let rows = [
        ("a file", FILE, "application/octet-stream", noise(LENGTH)),
        (
            "small events",
            CHAT,
            "text/event-stream",
            events(1000, LENGTH / 1000),
        ),
        (
            "huge events",
            CHAT,
            "text/event-stream",
            events(9 * 1024 * 1024, 2),
        ),
    ];
    for (name, head, content_type, body) in &rows {
        let path = head.split_once(' ').unwrap().1;
        stage
            .control()
            .set_fault_once(path, instead(content_type, body));
        let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}}).to_string();
        let sent = if head.starts_with("GET") { "" } else { &chat };
        let answer = read_slowly(&stage, head, &token, sent, SLOWLY).await;
        assert_eq!(answer.status, 200, "{name}");
        assert_eq!(
            stage.stack.daemon.dropped_chunks(),
            0,
            "{name}: the daemon has lost pieces"
        );
        assert_eq!(answer.body.len(), body.len(), "{name}");
        let (got, expected) = (
            hmac_sha256::Hash::hash(&answer.body),
            hmac_sha256::Hash::hash(body),
        );
        assert_eq!(got, expected, "{name}: SHA-256");
    }
    // A line of more than 5 MiB would have cost the process.
    stage.assert_unharmed();
}
