//! Calls of the tool: what Dify is asked, and what becomes of what it answers.

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{
    TASK, answered, ask, assert_nothing_is_stopped, begun, code_of, ended, event, longest, message,
    post, server, told, told_in, translated,
};
use crate::environment::TransportError;
use crate::gateway::tests::{Fixture, headers};
use crate::gateway::{Outcome, RelayEnd, Translation};
use crate::relay::ResponseHead;
use crate::request::Piece;

const RUN: &str = "11111111-1111-4111-8111-111111111111";

fn body(translation: &Translation) -> Value {
    let pieces = translation.request.pieces.as_deref().unwrap_or_default();
    let bytes: Vec<u8> = pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Own(bytes) => bytes.clone(),
            Piece::Client { .. } => panic!("the client's message is not what Dify gets"),
        })
        .collect();
    serde_json::from_slice(&bytes).unwrap()
}

#[test]
fn every_mode_is_asked_as_the_caller_by_its_own_operation_and_in_its_own_time() {
    let handover = Duration::from_secs(50);
    let rows = [
        ("chat", "chat-messages", false),
        ("agent-chat", "chat-messages", false),
        ("agent", "chat-messages", false),
        ("advanced-chat", "chat-messages", true),
        ("completion", "completion-messages", false),
        ("workflow", "workflows/run", true),
    ];
    for (mode, path, is_handed_over) in rows {
        let fixture = server(mode, &json!({"input_claims": "email"}));
        let is_chat = !matches!(mode, "completion" | "workflow");
        let arguments = if is_chat {
            json!({"query": "hi"})
        } else {
            json!({})
        };
        let claims = json!({"email": "a@x.example"});
        let translation = translated(ask(&fixture, &claims, &arguments));
        assert_eq!(
            translation.request.url.as_str(),
            format!("https://dify.example/v1/{path}")
        );
        let sent = body(&translation);
        assert_eq!(
            (&sent["user"], &sent["response_mode"], &sent["inputs"]),
            (
                &json!("alice"),
                &json!("streaming"),
                &json!({"__oidc_email": "a@x.example"})
            ),
            "{mode}"
        );
        assert_eq!(longest(&translation) == handover, is_handed_over, "{mode}");
        let otherwise = Duration::from_secs(590);
        assert!([handover, otherwise].contains(&longest(&translation)));
        let sent = format!("{:?}", translation.request.headers);
        assert!(!sent.contains("eyJ"), "the token stays here: {sent}");
    }
}

#[test]
fn arguments_cannot_say_who_asks_and_dify_is_not_asked_then() {
    let fixture = server("chat", &json!({"input_claims": "email"}));
    for name in [
        "user",
        "__oidc_email",
        "inputs",
        "response_mode",
        "sys.user_id",
    ] {
        let answer = answered(ask(
            &fixture,
            &json!({}),
            &json!({"query": "hi", name: "mallory"}),
        ));
        let told = told_in(&answer);
        let text = told["result"]["content"][0]["text"].as_str().unwrap();
        let expected = format!(
            "The arguments are wrong, and the app was not asked: `{name}` is not an argument of this tool."
        );
        assert_eq!(
            (text, &told["result"]["isError"]),
            (&*expected, &json!(true))
        );
    }
}

fn get_result(fixture: &Fixture, claims: &Value, run: &Value) -> Outcome {
    let params = json!({"name": "get_result", "arguments": {"workflow_run_id": run}});
    post(fixture, claims, &message(1, "tools/call", &params))
}

#[test]
fn a_run_is_followed_as_the_caller_and_only_by_a_name_that_is_one() {
    let fixture = server("workflow", &json!({}));
    for user in ["alice", "bob"] {
        let followed = get_result(&fixture, &json!({"sub": user}), &json!(RUN));
        let followed = begun(&fixture, 1, followed);
        assert_eq!(
            (
                followed.request.method.clone(),
                followed.request.url.as_str()
            ),
            (
                Method::GET,
                &*format!(
                    "https://dify.example/v1/workflow/{RUN}/events?include_state_snapshot=true&user={user}"
                )
            )
        );
        assert!(followed.request.pieces.is_none());
    }
    let forged = [
        json!(format!("{RUN}?user=alice")),
        json!(format!("{RUN}&user=alice")),
        json!("../../conversations"),
        json!(format!("{RUN}%2F..%2Fstop")),
        json!(""),
        json!([RUN]),
        json!({"id": RUN}),
        Value::Null,
    ];
    for run in forged {
        let told = told_in(&answered(get_result(&fixture, &json!({}), &run)));
        assert_eq!(told["result"]["isError"], true, "{run}: {told}");
    }
    let missing = begun_with(&fixture, get_result(&fixture, &json!({}), &json!(RUN)), 404);
    fixture.gateway.translation_piece(
        1,
        br#"{"code":"not_found","message":"Workflow run not found.","status":404}"#,
    );
    let told = told(&ended(&fixture, 1, missing, RelayEnd::Complete));
    assert_eq!(code_of(&told), "not_found");
}

/// Dify has answered with JSON and this status.
fn begun_with(fixture: &Fixture, outcome: Outcome, status: u16) -> Translation {
    let translation = translated(outcome);
    let head = ResponseHead {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers(&[("content-type", "application/json")]),
    };
    let written = fixture
        .gateway
        .translation_began(1, &translation.context, Ok(head));
    assert!(written.wants_more);
    translation
}

#[test]
fn whatever_difys_stream_does_the_call_has_one_result() {
    let said = json!({"event": "message", "task_id": TASK, "answer": "Hi"});
    let end = json!({"event": "message_end", "metadata": {}});
    let good = "succeeded";
    let rows: [(&str, Vec<Vec<u8>>, RelayEnd, &str); 8] = [
        (
            "good",
            vec![event(&said), event(&end)],
            RelayEnd::Complete,
            good,
        ),
        (
            "repeated",
            vec![
                event(&said),
                event(&end),
                event(&end),
                event(&said),
                event(&end),
            ],
            RelayEnd::Complete,
            good,
        ),
        (
            "ends early",
            vec![event(&said)],
            RelayEnd::Complete,
            "dify_unavailable",
        ),
        (
            "breaks off",
            vec![event(&said)],
            RelayEnd::Broken,
            "dify_unavailable",
        ),
        (
            "breaks off within an event",
            vec![event(&said), b"data: {\"event\":\"message_e".to_vec()],
            RelayEnd::Broken,
            "dify_unavailable",
        ),
        (
            "says nothing",
            vec![],
            RelayEnd::Complete,
            "dify_unavailable",
        ),
        (
            "never ends",
            vec![b"event: ping\n\n".repeat(100), event(&said).repeat(100)],
            RelayEnd::Timeout,
            "gateway_timeout",
        ),
        (
            "is no stream of Dify's",
            vec![b"\xff\xfe\0<html>\n\n".repeat(100)],
            RelayEnd::Complete,
            "dify_unavailable",
        ),
    ];
    for (name, pieces, how, expected) in rows {
        let fixture = server("chat", &json!({}));
        let call = begun(
            &fixture,
            1,
            ask(&fixture, &json!({}), &json!({"query": "hi"})),
        );
        let mut written = Vec::new();
        for piece in pieces {
            written.extend(fixture.gateway.translation_piece(1, &piece).bytes);
        }
        written.extend(ended(&fixture, 1, call, how));
        let text = String::from_utf8(written).unwrap();
        assert_eq!(text.matches("data: ").count(), 1, "{name}: {text}");
        assert!(text.ends_with("}\n\n"), "{name}: {text}");
        let told = told(text.as_bytes());
        match expected {
            "succeeded" => assert_eq!(told["result"]["structuredContent"]["answer"], "Hi"),
            code => assert_eq!(code_of(&told), code, "{name}"),
        }
    }
}

#[test]
fn a_workflow_that_takes_too_long_goes_on_and_its_result_is_there_later() {
    let fixture = server("workflow", &json!({}));
    let started =
        json!({"event": "workflow_started", "task_id": TASK, "workflow_run_id": RUN, "data": {}});
    let call = begun(&fixture, 1, ask(&fixture, &json!({}), &json!({})));
    fixture.gateway.translation_piece(1, &event(&started));
    let running = told(&ended(&fixture, 1, call, RelayEnd::Timeout));
    assert_eq!(
        running["result"]["structuredContent"],
        json!({"status": "running", "workflow_run_id": RUN})
    );
    // Dify has stopped nothing, and nobody has asked it to.
    assert_nothing_is_stopped(&fixture);
    let followed = begun(&fixture, 2, get_result(&fixture, &json!({}), &json!(RUN)));
    let finished = json!({"event": "workflow_finished", "workflow_run_id": RUN, "data": {"status": "succeeded", "outputs": {"a": "b"}}});
    let written = fixture.gateway.translation_piece(2, &event(&finished));
    assert_eq!(
        told(&written.bytes)["result"]["structuredContent"]["outputs"],
        json!({"a": "b"})
    );
    ended(&fixture, 2, followed, RelayEnd::Complete);
}

#[test]
fn what_dify_refuses_and_what_cannot_reach_it_is_a_result_in_words() {
    let html = || {
        Ok(ResponseHead {
            status: StatusCode::OK,
            headers: headers(&[("content-type", "text/html")]),
        })
    };
    let rows = [
        (Err(TransportError::Broken), "dify_unavailable"),
        (Err(TransportError::Timeout), "dify_timeout"),
        (html(), "dify_answer_invalid"),
    ];
    for (upstream, code) in rows {
        let fixture = server("chat", &json!({}));
        let call = translated(ask(&fixture, &json!({}), &json!({"query": "hi"})));
        let written = fixture
            .gateway
            .translation_began(1, &call.context, upstream);
        assert!(!written.wants_more);
        assert_eq!(code_of(&told(&written.bytes)), code);
        assert!(ended(&fixture, 1, call, RelayEnd::Complete).is_empty());
    }
    for (status, code) in [(400, "x"), (404, "x"), (429, "x")] {
        let fixture = server("chat", &json!({}));
        let call = ask(&fixture, &json!({}), &json!({"query": "hi"}));
        let call = begun_with(&fixture, call, status);
        let refusal = json!({"code": "x", "message": "No.", "status": status}).to_string();
        fixture.gateway.translation_piece(1, refusal.as_bytes());
        let told = told(&ended(&fixture, 1, call, RelayEnd::Complete));
        assert_eq!(code_of(&told), code);
        assert_eq!(fixture.last_line()["dify_status"], status);
    }
}

#[test]
fn a_result_is_one_line_whatever_line_ends_stand_in_difys_json() {
    let fixture = server("workflow", &json!({}));
    let call = begun(&fixture, 1, ask(&fixture, &json!({}), &json!({})));
    let lines = [
        r#"data: {"event":"workflow_finished","data":{"status":"succeeded","outputs":{"#,
        r#"data: "a":"#,
        r"data: 1}}}",
        "",
        "",
    ];
    let written = fixture
        .gateway
        .translation_piece(1, lines.join("\r\n").as_bytes());
    let text = String::from_utf8(written.bytes).unwrap();
    assert_eq!(text.lines().count(), 3, "{text}");
    assert_eq!(
        told(text.as_bytes())["result"]["structuredContent"]["outputs"],
        json!({"a": 1})
    );
    ended(&fixture, 1, call, RelayEnd::Complete);
}
