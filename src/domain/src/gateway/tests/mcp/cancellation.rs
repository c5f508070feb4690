//! `notifications/cancelled`: whose run is stopped.

use http::StatusCode;
use serde_json::{Value, json};

use super::{
    TASK, answered, assert_nothing_is_stopped, ended, event, head, message, request, server,
    translated,
};
use crate::environment::fake::ok;
use crate::gateway::tests::Fixture;
use crate::gateway::{RelayEnd, Translation};
use crate::limits;

/// A call of `user` in `session`, of which Dify has said the task.
fn started(fixture: &Fixture, number: u32, user: &str, session: &str, task: &str) -> Translation {
    let claims = json!({"sub": user});
    let request = request(fixture, &claims, &[("mcp-session-id", session)]);
    let params = json!({"name": "travel_policy", "arguments": {"query": "hi"}});
    let call = message(0, "tools/call", &params).to_string();
    let translation = translated(fixture.handle("post_mcp", &request, &call));
    fixture
        .gateway
        .translation_began(number, &translation.context, head());
    let said = event(&json!({"event": "message", "task_id": task, "answer": "x"}));
    fixture.gateway.translation_piece(number, &said);
    translation
}

#[test]
fn a_cancellation_stops_the_callers_own_call_of_that_session() {
    const OTHER: &str = "33333333-3333-4333-8333-333333333333";
    let fixture = server("chat", &json!({}));
    let stop = |task: &str| format!("https://dify.example/v1/chat-messages/{task}/stop");
    for task in [TASK, OTHER] {
        fixture.environment.answer(&stop(task), ok("{}"));
    }
    let one = started(&fixture, 1, "alice", "one", TASK);
    started(&fixture, 2, "alice", "two", OTHER);
    let cancel = |user: &str, session: &str, id: Value| {
        let request = request(
            &fixture,
            &json!({"sub": user}),
            &[("mcp-session-id", session)],
        );
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": id}});
        let response = answered(fixture.handle("post_mcp", &request, &notification.to_string()));
        assert_eq!(
            (response.status, response.body.len()),
            (StatusCode::ACCEPTED, 0)
        );
        fixture.environment.run_background();
    };
    cancel("bob", "one", json!(0));
    cancel("alice", "three", json!(0));
    cancel("alice", "one", json!(1));
    cancel("alice", "one", json!("0"));
    cancel("alice", "one", Value::Null);
    assert_nothing_is_stopped(&fixture);
    cancel("alice", "one", json!(0));
    let stops = || {
        let exchanges = fixture.environment.exchanges().into_iter();
        exchanges
            .filter(|exchange| exchange.url.path().ends_with("/stop"))
            .map(|exchange| (exchange.url.to_string(), exchange.body))
            .collect::<Vec<_>>()
    };
    let stopped = vec![(stop(TASK), br#"{"user":"alice"}"#.to_vec())];
    assert_eq!(stops(), stopped);
    // Once is enough, and what has ended is not stopped.
    cancel("alice", "one", json!(0));
    ended(&fixture, 1, one, RelayEnd::Complete);
    cancel("alice", "one", json!(0));
    assert_eq!(stops(), stopped);
}

#[test]
fn a_session_whose_name_is_too_long_is_none() {
    let fixture = server("chat", &json!({}));
    let stop = format!("https://dify.example/v1/chat-messages/{TASK}/stop");
    fixture.environment.answer(&stop, ok("{}"));
    for (length, stops) in [(limits::MCP_ID + 1, 0), (limits::MCP_ID, 1)] {
        let session = "s".repeat(length);
        let number = u32::try_from(length).unwrap();
        let call = started(&fixture, number, "alice", &session, TASK);
        let request = request(
            &fixture,
            &json!({"sub": "alice"}),
            &[("mcp-session-id", session.as_str())],
        );
        let notification = json!({"jsonrpc": "2.0", "method": "notifications/cancelled", "params": {"requestId": 0}});
        answered(fixture.handle("post_mcp", &request, &notification.to_string()));
        fixture.environment.run_background();
        assert_eq!(fixture.environment.count(&stop), stops, "{length}");
        ended(&fixture, number, call, RelayEnd::Complete);
    }
}
