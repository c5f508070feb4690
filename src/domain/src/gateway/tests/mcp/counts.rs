//! What is counted and bounded: requests, runs, questions about the app, and memory.

use std::pin::pin;
use std::time::Duration;

use http::StatusCode;
use serde_json::json;

use super::{
    INFO, PARAMETERS, answered, ask, begun, code_of, describe, ended, event, message, post,
    request, server, told, told_in, translated,
};
use crate::environment::fake::{poll_once, status};
use crate::gateway::{Outcome, RelayEnd};
use crate::limits;

#[test]
fn a_call_counts_among_a_persons_runs_until_it_has_ended() {
    let fixture = server("chat", &json!({"streams_per_user": "1"}));
    let alice = json!({});
    let first = begun(&fixture, 1, ask(&fixture, &alice, &json!({"query": "hi"})));
    let second = told_in(&answered(ask(&fixture, &alice, &json!({"query": "hi"}))));
    assert_eq!(code_of(&second), "too_many_streams");
    // The same place is meant by a request of Dify's own.
    assert_eq!(
        answered(fixture.chat(&alice, r#"{"query":"q","inputs":{}}"#)).status,
        StatusCode::TOO_MANY_REQUESTS
    );
    let bob = ask(&fixture, &json!({"sub": "bob"}), &json!({"query": "hi"}));
    begun(&fixture, 2, bob);
    ended(&fixture, 1, first, RelayEnd::Abandoned);
    translated(ask(&fixture, &alice, &json!({"query": "hi"})));
}

#[test]
fn a_call_counts_among_a_persons_requests_and_a_list_does_not() {
    let fixture = server("chat", &json!({"requests_per_minute": "1"}));
    let alice = json!({});
    begun(&fixture, 1, ask(&fixture, &alice, &json!({"query": "hi"})));
    let second = told_in(&answered(ask(&fixture, &alice, &json!({"query": "hi"}))));
    assert_eq!(code_of(&second), "user_rate_limited");
    for _ in 0..3 {
        let list = answered(post(
            &fixture,
            &alice,
            &message(1, "tools/list", &json!({})),
        ));
        assert!(told_in(&list)["result"]["tools"].is_array());
    }
}

#[test]
fn dify_is_asked_about_the_app_once_a_minute_however_many_want_to_know() {
    let fixture = server("chat", &json!({}));
    let list = message(1, "tools/list", &json!({}));
    let body = list.to_string().into_bytes();
    let requests: Vec<_> = (0..50)
        .map(|_| request(&fixture, &json!({}), &[]))
        .collect();
    fixture.environment.hold(INFO);
    let mut waiting: Vec<_> = requests
        .iter()
        .map(|request| fixture.gateway.handle("post_mcp", request, &body))
        .collect();
    for future in &mut waiting {
        assert!(poll_once(pin!(future)).is_pending());
        fixture.environment.run_background();
    }
    fixture.environment.release(INFO);
    for future in waiting {
        let outcome = fixture.environment.run(future);
        assert_eq!(
            told_in(&answered(outcome))["result"]["tools"][0]["name"],
            "travel_policy"
        );
    }
    let asked = || {
        (
            fixture.environment.count(INFO),
            fixture.environment.count(PARAMETERS),
        )
    };
    assert_eq!(asked(), (1, 1));

    describe(&fixture, "Meals", "chat");
    let named = || {
        told_in(&answered(post(&fixture, &json!({}), &list)))["result"]["tools"][0]["name"].clone()
    };
    assert_eq!((named(), asked()), (json!("travel_policy"), (1, 1)));
    fixture
        .environment
        .advance(limits::APP_DESCRIPTION_LIFETIME + Duration::from_secs(1));
    assert_eq!((named(), asked()), (json!("meals"), (2, 2)));
}

#[test]
fn an_app_that_dify_does_not_describe_is_an_error_of_the_list_and_of_the_call() {
    for (code, told_code) in [(500, "dify_unavailable"), (401, "app_key_rejected")] {
        let fixture = server("chat", &json!({}));
        fixture.environment.answer(INFO, status(code));
        let list = answered(post(
            &fixture,
            &json!({}),
            &message(1, "tools/list", &json!({})),
        ));
        assert_eq!(
            (list.status, &told_in(&list)["error"]["code"]),
            (StatusCode::OK, &json!(-32603))
        );
        let call = answered(ask(&fixture, &json!({}), &json!({"query": "hi"})));
        assert_eq!(call.status, StatusCode::OK);
        let told = told_in(&call);
        assert_eq!(code_of(&told), told_code);
        assert!(!told.to_string().contains(super::super::APP_KEY));
        // A client that cannot reach Dify still finds out what the server is.
        let params = json!({"protocolVersion": "2025-11-25"});
        let opened = answered(post(
            &fixture,
            &json!({}),
            &message(1, "initialize", &params),
        ));
        assert!(told_in(&opened)["result"]["serverInfo"].is_object());
    }
}

#[test]
fn calls_that_hold_too_much_together_end_and_the_others_go_on() {
    let fixture = server("chat", &json!({"streams_per_user": "100"}));
    let part = event(&json!({"event": "message", "answer": "x".repeat(limits::MCP_EVENT - 100)}));
    let calls = limits::MCP_CALLS_MEMORY / limits::MCP_TEXT + 4;
    let mut crowded = 0;
    let mut open = Vec::new();
    for number in 0..u32::try_from(calls).unwrap() {
        let person = json!({"sub": format!("user-{number}")});
        let translation = begun(
            &fixture,
            number,
            ask(&fixture, &person, &json!({"query": "hi"})),
        );
        let mut last = None;
        for _ in 0..3 {
            let written = fixture.gateway.translation_piece(number, &part);
            if !written.wants_more {
                last = Some(written.bytes);
                break;
            }
        }
        match last {
            Some(bytes) => {
                assert_eq!(code_of(&told(&bytes)), "busy");
                crowded += 1;
                assert!(ended(&fixture, number, translation, RelayEnd::Abandoned).is_empty());
            }
            None => open.push((number, translation)),
        }
    }
    assert!(crowded >= 3, "{crowded}");
    assert!(open.len() * limits::MCP_TEXT / 2 <= limits::MCP_CALLS_MEMORY);
    let end = event(&json!({"event": "message_end", "metadata": {}}));
    for (number, translation) in open {
        let written = fixture.gateway.translation_piece(number, &end);
        let result = told(&written.bytes);
        assert_eq!(
            result["result"]["structuredContent"]["status"], "succeeded",
            "a call that was there first"
        );
        ended(&fixture, number, translation, RelayEnd::Complete);
    }
}

#[test]
fn a_message_may_have_256_kib_and_not_a_byte_more() {
    let fixture = server("chat", &json!({}));
    let ping = message(1, "ping", &json!({})).to_string();
    for (length, expected) in [(limits::MCP_BODY, 200), (limits::MCP_BODY + 1, 413)] {
        let body = format!("{ping}{}", " ".repeat(length - ping.len()));
        let request = request(&fixture, &json!({}), &[]);
        let response = answered(fixture.handle("post_mcp", &request, &body));
        assert_eq!(response.status.as_u16(), expected, "{length}");
    }
}

#[test]
fn a_piece_of_a_call_that_nobody_knows_is_not_kept() {
    let fixture = server("chat", &json!({}));
    let written = fixture.gateway.translation_piece(99, b"data: x\n\n");
    assert_eq!((written.bytes.len(), written.wants_more), (0, false));
    let Outcome::Translation(translation) = ask(&fixture, &json!({}), &json!({"query": "hi"}))
    else {
        panic!("no call");
    };
    // Another instance gets to know of the end alone.
    let other = server("chat", &json!({}));
    let bytes = other
        .gateway
        .translation_ended(1, translation.context, RelayEnd::Complete.into());
    assert_eq!(told(&bytes)["error"]["code"], -32603);
    assert_eq!(other.last_line()["mcp"]["is_error"], true);
}
