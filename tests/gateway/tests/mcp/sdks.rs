//! The official SDKs with a token: what they list, call, follow and cancel.

use std::collections::BTreeSet;
use std::time::Duration;

use gateway_tests::{McpClient, Stage, eventually};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

use crate::client::stage_of;

/// Rising from one notice to the next, which both specifications demand.
fn is_rising(progress: &Value) -> bool {
    let steps: Vec<_> = progress
        .as_array()
        .unwrap()
        .iter()
        .map(Value::as_f64)
        .collect();
    steps.len() > 1 && steps.is_sorted_by(|before, after| before < after)
}

#[tokio::test(flavor = "multi_thread")]
async fn every_sdk_lists_the_tools_and_calls_the_app_with_progress() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    stage
        .control()
        .set_event_interval(Duration::from_millis(300));
    let found = McpClient::carry_out_all(&McpClient::ALL, |client| {
        json!({
            "url": format!("{}/mcp", stage.stack.url()),
            "token": stage.token(&format!("{client:?}")),
            "calls": [{"tool": "oidc_workflow", "arguments": {"q": "x"}}],
        })
    })
    .await;
    for (client, report) in &found {
        assert_eq!(
            report["tools"],
            json!(["oidc_workflow", "get_result"]),
            "{client:?}: {report}"
        );
        let result = &report["results"][0];
        assert_eq!(result["isError"], false, "{client:?}: {report}");
        let outputs = &result["structuredContent"]["outputs"];
        assert_eq!(
            (&outputs["q"], &outputs["user_id"]),
            (&json!("x"), &json!(format!("{client:?}"))),
            "{client:?}"
        );
        assert!(is_rising(&result["progress"]), "{client:?}: {report}");
    }
    for era in ["legacy", "modern"] {
        let expected = McpClient::ALL
            .iter()
            .filter(|client| client.era() == era)
            .count();
        eventually("the calls are in the log", || {
            calls(&stage, era) == expected
        })
        .await;
    }
}

/// Calls of the tool in the log.
fn calls(stage: &Stage, era: &str) -> usize {
    let era = format!("\"era\":\"{era}\"");
    let lines = stage.stack.daemon.log_lines().into_iter();
    let calls = lines.filter(|line| line.text.contains("\"tool\":\"oidc_workflow\""));
    calls.filter(|line| line.text.contains(&era)).count()
}

#[tokio::test(flavor = "multi_thread")]
async fn a_call_that_an_sdk_cancels_ends_in_dify_where_the_sdk_says_so() {
    let stage = stage_of(AppKind::SlowWorkflow, &json!({})).await;
    let found = McpClient::carry_out_all(&McpClient::ALL, |client| {
        json!({
            "url": format!("{}/mcp", stage.stack.url()),
            "token": stage.token(&format!("{client:?}")),
            "calls": [
                {"tool": "slow_workflow", "arguments": {"secs": "8"}, "cancel": true},
                {"tool": "slow_workflow", "arguments": {"secs": "0"}},
            ],
        })
    })
    .await;
    for (client, report) in &found {
        let [cancelled, next] = [0, 1].map(|call| &report["results"][call]);
        assert_eq!(cancelled["cancelled"], true, "{client:?}: {report}");
        assert_eq!(next["isError"], false, "{client:?}: {report}");
    }
    let clients = McpClient::ALL.into_iter();
    let telling = clients.filter(|client| client.tells_of_cancelling());
    let telling: BTreeSet<_> = telling.map(|client| format!("{client:?}")).collect();
    eventually("every cancelled run is stopped, once", || {
        let users = stopped_for(&stage);
        users.len() == telling.len() && users.into_iter().collect::<BTreeSet<_>>() == telling
    })
    .await;
}

/// For whom Dify was asked to stop a run, once for each time.
fn stopped_for(stage: &Stage) -> Vec<String> {
    let seen = stage.control().requests().into_iter();
    let stops = seen.filter(|request| request.path.ends_with("/stop"));
    let users = stops.map(|request| {
        let body: Value = serde_json::from_slice(&request.body.unwrap()).unwrap();
        body["user"].as_str().unwrap().to_owned()
    });
    users.collect()
}
