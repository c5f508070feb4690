//! Server-sent events pass as they are produced.

use std::time::Duration;

use gateway_tests::{Stage, events};
use http::Method;
use reqwest::Response;
use serde_json::json;
use stand_in_dify::AppKind;

/// Far longer than two pieces that were sent together could be apart.
const LONG_INTERVAL: Duration = Duration::from_secs(2);

async fn stream(stage: &Stage, token: &str, path: &str) -> Response {
    let body = json!({"query": "hi", "response_mode": "streaming", "inputs": {"q": "x"}});
    let request = stage.request(Method::POST, path).bearer_auth(token);
    let response = request.json(&body).send().await.unwrap();
    let header = |name: &str| response.headers()[name].to_str().unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(header("content-type"), "text/event-stream; charset=utf-8");
    assert_eq!(header("cache-control"), "no-cache, no-transform");
    assert_eq!(header("x-accel-buffering"), "no");
    assert_eq!(header("x-request-id").len(), 32);
    response
}

#[tokio::test(flavor = "multi_thread")]
async fn each_event_arrives_before_the_next_is_produced() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    stage.control().set_event_interval(LONG_INTERVAL);
    let mut response = stream(&stage, &token, "/chat-messages").await;
    for _ in 0..3 {
        let piece = response.chunk().await.unwrap().unwrap();
        assert_eq!(events(&piece).len(), 1, "events have gathered: {piece:?}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_passes_whole_and_in_pieces_and_its_user_is_the_caller() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    stage
        .control()
        .set_event_interval(Duration::from_millis(50));
    for (app, path) in [
        (AppKind::Chatflow, "/chat-messages"),
        (AppKind::Workflow, "/workflows/run"),
    ] {
        stage.set_settings(&json!({"app_key": app.key()}));
        let mut response = stream(&stage, &token, path).await;
        let mut pieces = Vec::new();
        while let Some(piece) = response.chunk().await.unwrap() {
            pieces.push(piece);
        }
        assert!(pieces.len() > 1, "{path} came in one piece");
        let events = events(&pieces.concat());
        let [ping, started, .., finished] = events.as_slice() else {
            panic!("{events:?}");
        };
        assert_eq!(ping["event"], "ping");
        assert_eq!(started["data"]["inputs"]["sys.user_id"], "alice");
        assert_eq!(finished["event"], "workflow_finished");
    }
}
