//! Dify closes a connection that was idle for two seconds, which must cost no chat and double none.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::{Stage, WholeResponse, further_endpoint, many_connections};
use http::Method;
use serde_json::json;
use stand_in_dify::{AppKind, StandIn};

/// Milliseconds between two chats. They crowd where the gateway lets a connection go and where Dify does.
const GAPS: [u64; 14] = [
    500, 1000, 1400, 1490, 1510, 1600, 1900, 1980, 1995, 2000, 2005, 2020, 3000, 5000,
];
const CHATS: usize = 3;

#[tokio::test(flavor = "multi_thread")]
async fn chats_at_any_gap_succeed_and_each_reaches_dify_once() {
    // Each gap has a Dify of its own, for connections are shared by origin.
    let lanes = GAPS.map(|gap| (gap, StandIn::start(many_connections()).unwrap()));
    let endpoints: Vec<_> = (0..).take(GAPS.len()).map(further_endpoint).collect();
    let ids: Vec<String> = endpoints
        .iter()
        .map(|endpoint| endpoint.id.clone())
        .collect();
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.further_endpoints = endpoints
    })
    .await;
    for (id, (_, dify)) in ids.iter().zip(&lanes) {
        stage.set_settings_of(
            id,
            &json!({"dify_api_url": dify.base_url(), "input_claims": "none"}),
        );
    }
    join_all(
        ids.iter()
            .zip(&lanes)
            .map(|(id, (gap, dify))| lane(&stage, id, *gap, dify)),
    )
    .await;
    stage.assert_unharmed();
}

async fn lane(stage: &Stage, endpoint: &str, gap: u64, dify: &StandIn) {
    let token = stage.token("alice");
    for number in 0..CHATS {
        if number > 0 {
            tokio::time::sleep(Duration::from_millis(gap)).await;
        }
        let chat =
            json!({"query": format!("chat {number}"), "response_mode": "blocking", "inputs": {}});
        let request = stage.request_at(endpoint, Method::POST, "/chat-messages");
        let answer = WholeResponse::of(request.bearer_auth(&token).json(&chat)).await;
        assert_eq!(answer.status, 200, "after {gap} ms: {}", answer.text());
    }
    let sent = dify.control().requests();
    let queries: Vec<String> = sent
        .iter()
        .map(|seen| query_of(seen.body.as_deref()))
        .collect();
    let expected: Vec<String> = (0..CHATS).map(|number| format!("chat {number}")).collect();
    assert_eq!(queries, expected, "at gaps of {gap} ms");
}

fn query_of(body: Option<&[u8]>) -> String {
    let body: serde_json::Value = serde_json::from_slice(body.unwrap()).unwrap();
    body["query"].as_str().unwrap().to_owned()
}
