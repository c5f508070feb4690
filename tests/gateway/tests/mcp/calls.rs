//! Calls of the tool, for every kind of app.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use crate::client::{call, call_with, legacy, post, stage_of, text};

#[tokio::test(flavor = "multi_thread")]
async fn every_kind_of_app_is_asked_as_the_caller_and_its_result_is_the_tools() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    let token = stage.token("alice");
    let rows = [
        (
            AppKind::Chat,
            "oidc_chat",
            json!({"query": "hi"}),
            "q=hi user=alice email=",
        ),
        (
            AppKind::AgentChat,
            "oidc_agent_chat",
            json!({"query": "hi"}),
            "q=hi user=alice email=",
        ),
        (
            AppKind::Completion,
            "oidc_completion",
            json!({"q": "hi"}),
            "user=alice",
        ),
        (
            AppKind::Chatflow,
            "oidc_chatflow",
            json!({"query": "hi", "q": "x"}),
            "q=hi|user=alice|email=|level=|inq=x",
        ),
        (
            AppKind::Workflow,
            "oidc_workflow",
            json!({"q": "x"}),
            "\"user_id\":\"alice\"",
        ),
    ];
    for (app, name, arguments, expected) in rows {
        stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/chat", "app_key": app.key()}));
        let result = call(&stage, &token, name, &arguments).await;
        assert!(text(&result).contains(expected), "{name}: {result}");
        assert_eq!(result["structuredContent"]["status"], "succeeded", "{name}");
        assert_eq!(result.get("isError"), None, "{name}");
    }
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn wrong_arguments_and_refusals_are_results_that_a_model_can_act_on() {
    let stage = stage_of(AppKind::Workflow, &json!({"streams_per_user": "1"})).await;
    let token = stage.token("alice");
    let wrong = call(
        &stage,
        &token,
        "oidc_workflow",
        &json!({"q": 5, "user": "mallory", "__oidc_email": "m@x.example"}),
    )
    .await;
    assert_eq!(wrong["isError"], true);
    assert!(
        text(&wrong).contains("`user` is not an argument of this tool"),
        "{wrong}"
    );
    assert!(
        stage
            .seen()
            .iter()
            .all(|seen| !seen.path.starts_with("/v1/workflows"))
    );

    stage.control().set_key_revoked(AppKind::Workflow, true);
    let refused = call(&stage, &token, "oidc_workflow", &json!({"q": "x"})).await;
    assert_eq!(refused["isError"], true);
    assert!(text(&refused).ends_with("(app_key_rejected)"), "{refused}");
    assert!(
        !refused.to_string().contains(&AppKind::Workflow.key()),
        "{refused}"
    );
}

#[tokio::test(flavor = "multi_thread")]
async fn progress_tells_the_steps_and_never_what_goes_into_them() {
    let stage = stage_of(AppKind::Workflow, &json!({})).await;
    stage
        .control()
        .set_event_interval(Duration::from_millis(300));
    let params = json!({"name": "oidc_workflow", "arguments": {"q": "s3cret"}, "_meta": {"progressToken": "p1"}});
    let messages = call_with(&stage, &stage.token("alice"), &params).await;
    let (result, notices) = messages.split_last().unwrap();
    assert_eq!(result["id"], 1);
    assert!(notices.len() >= 2, "{notices:?}");
    for (number, notice) in (1..).zip(notices) {
        assert_eq!(notice["params"]["progress"], json!(number), "{notice}");
        assert_eq!(notice["params"]["progressToken"], "p1");
        assert!(!notice.to_string().contains("s3cret"), "{notice}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn the_first_byte_is_there_while_dify_still_says_nothing() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    call(
        &stage,
        &stage.token("alice"),
        "oidc_chatflow",
        &json!({"query": "warm"}),
    )
    .await;
    stage
        .control()
        .set_fault("/chat-messages", Fault::Delay(Duration::from_secs(20)));
    let message = legacy(
        "tools/call",
        &json!({"name": "oidc_chatflow", "arguments": {"query": "hi"}}),
    );
    let request = stage
        .request(Method::POST, "/mcp")
        .bearer_auth(stage.token("alice"));
    let request = request.header("accept", "text/event-stream").json(&message);
    let mut response = request.send().await.unwrap();
    assert_eq!(response.status(), 200);
    assert_eq!(response.headers()["x-accel-buffering"], "no");
    assert_eq!(response.chunk().await.unwrap().unwrap(), ": working\n\n");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_run_that_waits_for_a_person_says_so_and_another_persons_run_is_not_shown() {
    let stage = stage_of(AppKind::HitlWorkflow, &json!({})).await;
    let alice = stage.token("alice");
    let paused = call(&stage, &alice, "hitl_workflow", &json!({"q": "x"})).await;
    assert_eq!(
        paused["structuredContent"]["status"], "waiting_for_a_person",
        "{paused}"
    );
    let run = json!({"workflow_run_id": paused["structuredContent"]["workflow_run_id"]});
    let again = call(&stage, &alice, "get_result", &run).await;
    assert_eq!(
        again["structuredContent"]["status"], "waiting_for_a_person",
        "{again}"
    );
    let foreign = call(&stage, &stage.token("bob"), "get_result", &run).await;
    assert_eq!(foreign["isError"], true, "{foreign}");
    assert!(text(&foreign).ends_with("(not_found)"), "{foreign}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_cancelled_call_stops_its_own_run_and_no_other() {
    let stage = stage_of(AppKind::SlowWorkflow, &json!({})).await;
    let start = async |session: &'static str| {
        let accept = [("accept", "text/event-stream"), ("mcp-session-id", session)];
        let message = legacy(
            "tools/call",
            &json!({"name": "slow_workflow", "arguments": {"secs": "4"}}),
        );
        post(&stage, &stage.token("alice"), &message, &accept)
            .await
            .text()
            .to_owned()
    };
    let cancel = async |user: &str, session: &str| {
        let message = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 1}});
        let response = post(
            &stage,
            &stage.token(user),
            &message,
            &[("mcp-session-id", session)],
        )
        .await;
        assert_eq!((response.status.as_u16(), response.text()), (202, ""));
    };
    // The first is known by name before the second is: a name without the session would be the first one's.
    let second = async {
        tokio::time::sleep(Duration::from_secs(1)).await;
        start("two").await
    };
    let cancels = async {
        tokio::time::sleep(Duration::from_secs(2)).await;
        cancel("bob", "one").await;
        cancel("alice", "three").await;
        cancel("alice", "two").await;
    };
    let (one, two, ()) = tokio::join!(start("one"), second, cancels);
    assert!(one.contains("\"status\":\"succeeded\""), "{one}");
    assert!(two.contains("(run_stopped)"), "{two}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_line_of_the_log_names_method_tool_and_client_and_no_argument() {
    let stage = stage_of(AppKind::Chatflow, &json!({})).await;
    call(
        &stage,
        &stage.token("alice"),
        "oidc_chatflow",
        &json!({"query": "s3cret"}),
    )
    .await;
    let line = stage.logged("request").await;
    assert_eq!(line["operation"], "post_mcp");
    assert_eq!(
        line["mcp"],
        json!({"era": "legacy", "method": "tools/call", "tool": "oidc_chatflow", "is_error": false})
    );
    let all: Vec<Value> = stage
        .stack
        .daemon
        .log_lines()
        .iter()
        .map(|line| json!(line.text))
        .collect();
    assert!(!json!(all).to_string().contains("s3cret"));
}
