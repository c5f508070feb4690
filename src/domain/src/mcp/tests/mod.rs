mod arguments;
mod call;
mod document;
mod event_stream;
mod golden;
mod messages;
mod progress;
mod protocol;
mod reply;
mod tools;

use serde_json::{Value, json};

use super::{App, CallPlan, Form, Id, Mode, ProgressToken, Reply, ToolCall};
use crate::time::UnixTime;

const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);
const RUN: &str = "11111111-1111-4111-8111-111111111111";
const TASK: &str = "22222222-2222-4222-8222-222222222222";
const CONVERSATION: &str = "33333333-3333-4333-8333-333333333333";

/// The app of these descriptions.
fn app(name: &str, mode: &str, parameters: &Value) -> App {
    let info = json!({"name": name, "description": "What it is for.", "mode": mode});
    App::read(
        info.to_string().as_bytes(),
        parameters.to_string().as_bytes(),
    )
    .unwrap()
}

/// A declared input.
fn input(kind: &str, variable: &str, more: &Value) -> Value {
    let mut entry = json!({"variable": variable, "label": variable});
    for (name, value) in more.as_object().unwrap() {
        entry[name] = value.clone();
    }
    json!({kind: entry})
}

fn plan(mode: Mode) -> CallPlan {
    CallPlan {
        reply: Reply {
            id: Id::parse(&json!(7)),
            form: Form::Events,
            ..Reply::default()
        },
        mode,
        ..CallPlan::default()
    }
}

/// The messages of an event stream; comments are left out.
fn messages(bytes: &[u8]) -> Vec<Value> {
    let text = std::str::from_utf8(bytes).unwrap();
    let data = text.lines().filter_map(|line| line.strip_prefix("data: "));
    data.map(|json| serde_json::from_str(json).unwrap())
        .collect()
}

/// Everything that a call writes which gets these events, and its last message.
fn told(plan: CallPlan, events: &[Value]) -> Value {
    let mut call = ToolCall::new(plan, NOW);
    let mut bytes = Vec::new();
    for event in events {
        bytes.extend(
            call.piece(format!("data: {event}\n\n").as_bytes(), NOW)
                .bytes,
        );
    }
    messages(&bytes).pop().expect("a result")
}

/// A token as a client sends it.
fn progress_token(token: &Value) -> ProgressToken {
    let meta = json!({"progressToken": token});
    ProgressToken::of(meta.as_object().unwrap()).unwrap()
}
