use std::time::Duration;

use http::HeaderMap;
use serde_json::json;

use super::super::{CallPlan, Message, Mode, ToolCall, judge, read};
use super::{NOW, messages, plan, progress_token};
use crate::limits;

#[test]
fn progress_goes_to_who_asked_for_it_rising_and_at_most_four_times_a_second() {
    let step = |title: &str| {
        let event = json!({"event": "node_started", "data": {"title": title, "inputs": {"password": "s3cret"}}});
        format!("data: {event}\n\n")
    };
    for token in [json!("p"), json!(5)] {
        let plan = CallPlan {
            progress: Some(progress_token(&token)),
            ..plan(Mode::Workflow)
        };
        let mut call = ToolCall::new(plan, NOW);
        let mut sent = Vec::new();
        for (number, milliseconds) in [(1, 0), (2, 100), (3, 250), (4, 260), (5, 900)] {
            let now = NOW.plus(Duration::from_millis(milliseconds));
            sent.extend(messages(
                &call
                    .piece(step(&format!("Step {number}")).as_bytes(), now)
                    .bytes,
            ));
        }
        let expected: Vec<_> = [(1, "Step 1"), (2, "Step 3"), (3, "Step 5")]
            .map(|(progress, message)| json!({"jsonrpc": "2.0", "method": "notifications/progress", "params": {"progressToken": token, "progress": progress, "message": message}}))
            .to_vec();
        assert_eq!(sent, expected);
    }
    let mut call = ToolCall::new(plan(Mode::Workflow), NOW);
    assert_eq!(call.piece(step("Step").as_bytes(), NOW).bytes, b"");
}

#[test]
fn a_progress_token_is_an_integer_or_a_short_string_and_another_one_is_no_request_for_progress() {
    let rows = [
        (json!(0), true),
        (json!(""), true),
        (json!("p".repeat(limits::MCP_ID)), true),
        (json!("p".repeat(limits::MCP_ID + 1)), false),
        (json!(1.5), false),
        (json!(null), false),
        (json!({"a": 1}), false),
    ];
    for (token, is_one) in rows {
        let params = json!({"name": "a", "_meta": {"progressToken": token}});
        let call = json!({"jsonrpc": "2.0", "id": 1, "method": "tools/call", "params": params});
        let Ok(Message::Request(request)) = read(call.to_string().as_bytes()) else {
            panic!("{call}");
        };
        let protocol = judge(&HeaderMap::new(), &request).unwrap();
        assert_eq!(protocol.progress.is_some(), is_one, "{token}");
    }
}
