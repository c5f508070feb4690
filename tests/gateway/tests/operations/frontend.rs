//! The client that `docs/frontend.md` shows, in Node.

use gateway_tests::Stage;
use harness::Algorithm;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use tokio::process::Command;

use crate::clients;

const CHAT: &str = "|user=alice|email=|level=|inq=x";

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_guide_does_what_the_guide_says() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let expected = json!({
        "renewals": 1,
        "first": format!("q=hi{CHAT}"),
        "second": format!("q=again{CHAT}"),
        "sameConversation": true,
        "conversations": ["hi"],
        "after": 0,
        "messages": ["again", "hi"],
        "before": [0, 1],
        "renamed": "My chat",
        "removed": 0,
        "unknown": [404, "not_found", "string"],
        "withoutToken": [401, "token_missing", "string"],
        "tasks": 0,
    });
    assert_eq!(run(&stage, "round-trip.mjs").await, expected);
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn the_client_of_the_guide_stops_what_nobody_reads_any_more() {
    let stage = Stage::of(AppKind::SlowChatflow).await;
    let left = run(&stage, "leaving.mjs").await;
    let stopped: Vec<_> = stage
        .seen()
        .into_iter()
        .map(|request| request.path)
        .collect();
    let expected = left
        .as_array()
        .unwrap()
        .iter()
        .map(|task| format!("/v1/chat-messages/{}/stop", task.as_str().unwrap()));
    for stop in expected {
        assert!(stopped.contains(&stop), "{stop} is not in {stopped:?}");
    }
    assert_eq!(left.as_array().unwrap().len(), 2);
}

/// What a script of `tests/clients/frontend` prints.
async fn run(stage: &Stage, script: &str) -> Value {
    let issuer = stage.issuer();
    let mut expired = issuer.claims("alice");
    expired["exp"] = json!(expired["iat"].as_i64().unwrap() - 600);
    expired["iat"] = json!(expired["exp"].as_i64().unwrap() - 600);
    let mut command = Command::new("node");
    command
        .arg(clients::directory("frontend").join(script))
        .env("EXPIRED", issuer.token(Algorithm::Es256, &expired));
    clients::printed(stage, command).await
}
