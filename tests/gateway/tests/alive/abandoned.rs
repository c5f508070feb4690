//! Clients that go away in mid-stream, of which nobody tells the plugin.

use futures::StreamExt;
use futures::future::join_all;
use gateway_tests::{Holdings, Stage};
use http::Method;
use reqwest::RequestBuilder;
use serde_json::json;
use stand_in_dify::{AppKind, Fault};

const MIB: u64 = 1024 * 1024;

/// Starts an answer, reads its first piece and goes away.
async fn abandon(request: RequestBuilder) {
    let mut response = request.send().await.unwrap();
    let status = response.status();
    let first = response.chunk().await.unwrap().unwrap();
    assert_eq!(status, 200, "{}", String::from_utf8_lossy(&first));
}

/// `count` streams, sixteen at once.
async fn abandon_chats(stage: &Stage, token: &str, count: usize) {
    let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
    let request = || {
        stage
            .request(Method::POST, "/chat-messages")
            .bearer_auth(token)
    };
    let chats = futures::stream::iter(0..count).map(|_| abandon(request().json(&chat)));
    chats.buffer_unordered(16).collect::<Vec<_>>().await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_thousand_streams_that_clients_left_leave_nothing() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"streams_per_user": "0", "log_level": "error"}));
    let token = stage.token("alice");
    // As many as before it is measured: the allocator's own store fills too.
    abandon_chats(&stage, &token, 1000).await;
    let before = Holdings::at_rest(&stage).await;
    abandon_chats(&stage, &token, 1000).await;
    before.given_back(&stage).await;
    let after = Holdings::of(&stage);
    assert!(
        after.resident < before.resident + 8 * MIB,
        "{before:?}, {after:?}"
    );
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn an_abandoned_answer_takes_bounded_memory_however_long_it_is() {
    const ANSWERS: u64 = 4;
    const LENGTH: usize = 32 * 1024 * 1024;
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let path = "/files/6f1d2c3b-0000-4000-8000-000000000009/preview";
    let content_type = (
        "content-type".to_owned(),
        "application/octet-stream".to_owned(),
    );
    let long = Fault::Answer {
        status: 200,
        headers: vec![content_type],
        body: vec![b'x'; LENGTH],
    };
    stage.get(&token, "/info").await;
    let before = Holdings::at_rest(&stage).await;
    stage.control().set_fault(path, long);
    Holdings::forget_peak(&stage);
    let request = || stage.request(Method::GET, path).bearer_auth(&token);
    join_all((0..ANSWERS).map(|_| abandon(request()))).await;
    before.given_back(&stage).await;
    let after = Holdings::of(&stage);
    let each = after.peak.saturating_sub(before.resident) / ANSWERS;
    assert!(
        each < 12 * MIB,
        "{each} bytes of {LENGTH}: {before:?}, {after:?}"
    );
    stage.assert_unharmed();
}
