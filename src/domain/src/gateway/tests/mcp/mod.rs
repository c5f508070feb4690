//! The MCP server without a host: who is let in, what Dify is asked, and what is remembered.

mod access;
mod calls;
mod cancellation;
mod counts;

use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fixture, answered, headers};
use crate::environment::TransportError;
use crate::environment::fake::ok;
use crate::gateway::{Outcome, RelayEnd, Translation};
use crate::relay::ResponseHead;
use crate::request::Request;
use crate::response::Response;

const BASE: &str = "https://dify.example/e/abcdefghijklmnop";
const RESOURCE: &str = "https://dify.example/e/abcdefghijklmnop/mcp";
const INFO: &str = "https://dify.example/v1/info";
const PARAMETERS: &str = "https://dify.example/v1/parameters";
const TASK: &str = "22222222-2222-4222-8222-222222222222";

/// An endpoint that is an MCP server for an app of this mode.
fn server(mode: &str, changes: &Value) -> Fixture {
    let mut settings = json!({"mcp": "on", "public_url": BASE});
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    let fixture = Fixture::new(&settings);
    describe(&fixture, "Travel Policy", mode);
    fixture
}

/// What Dify says of the app from now on.
fn describe(fixture: &Fixture, name: &str, mode: &str) {
    let info = json!({"name": name, "description": "Knows the rules.", "mode": mode});
    fixture.environment.answer(INFO, ok(info.to_string()));
    let input =
        |name: &str| json!({"text-input": {"variable": name, "label": name, "max_length": 48}});
    let parameters = json!({"user_input_form": [input("q"), input("__oidc_email")]});
    fixture
        .environment
        .answer(PARAMETERS, ok(parameters.to_string()));
}

fn message(id: u32, method: &str, params: &Value) -> Value {
    json!({"jsonrpc": "2.0", "id": id, "method": method, "params": params})
}

/// What the person with `claims` posts, with these fields beside the usual ones.
fn request(fixture: &Fixture, claims: &Value, fields: &[(&str, &str)]) -> Request {
    let mut request = fixture.request(Method::POST, &fixture.token(claims));
    fixture.chats.set(fixture.chats.get() + 1);
    request.id = format!("mcp-{}", fixture.chats.get());
    request.path = "/mcp".to_owned();
    request.headers.extend(headers(fields));
    request
}

fn post(fixture: &Fixture, claims: &Value, message: &Value) -> Outcome {
    let request = request(fixture, claims, &[("accept", "text/event-stream")]);
    fixture.handle("post_mcp", &request, &message.to_string())
}

/// A call of the app's tool.
fn ask(fixture: &Fixture, claims: &Value, arguments: &Value) -> Outcome {
    let params = json!({"name": "travel_policy", "arguments": arguments});
    post(fixture, claims, &message(1, "tools/call", &params))
}

fn translated(outcome: Outcome) -> Translation {
    match outcome {
        Outcome::Translation(translation) => *translation,
        outcome => panic!(
            "answered: {}",
            String::from_utf8_lossy(&answered(outcome).body)
        ),
    }
}

/// The message of an event, or of a whole body.
fn told(bytes: &[u8]) -> Value {
    let text = str::from_utf8(bytes).unwrap();
    let json = text.lines().find_map(|line| line.strip_prefix("data: "));
    serde_json::from_str(json.unwrap_or(text)).unwrap_or_else(|_| panic!("{text}"))
}

fn told_in(response: &Response) -> Value {
    told(&response.body)
}

/// The code at the end of what a failed call tells.
fn code_of(result: &Value) -> String {
    assert_eq!(result["result"]["isError"], true, "{result}");
    let text = result["result"]["content"][0]["text"].as_str().unwrap();
    let code = text
        .rsplit_once('(')
        .and_then(|(_, rest)| rest.strip_suffix(')'));
    code.unwrap_or_else(|| panic!("{text}")).to_owned()
}

/// Dify has begun to answer.
fn head() -> Result<ResponseHead, TransportError> {
    Ok(ResponseHead {
        status: StatusCode::OK,
        headers: headers(&[("content-type", "text/event-stream")]),
    })
}

fn event(event: &Value) -> Vec<u8> {
    format!("data: {event}\n\n").into_bytes()
}

/// Dify's response to the call with this number has begun.
fn begun(fixture: &Fixture, number: u32, outcome: Outcome) -> Translation {
    let translation = translated(outcome);
    let written = fixture
        .gateway
        .translation_began(number, &translation.context, head());
    assert!(written.wants_more);
    translation
}

/// The call is over, and this is what its client got at its end.
fn ended(fixture: &Fixture, number: u32, translation: Translation, end: RelayEnd) -> Vec<u8> {
    fixture
        .gateway
        .translation_ended(number, translation.context, end.into())
}

/// How long the host lets Dify answer.
fn longest(translation: &Translation) -> Duration {
    translation.request.limits.total
}

/// Dify was asked to end no run.
fn assert_nothing_is_stopped(fixture: &Fixture) {
    let urls = fixture.environment.urls();
    assert!(urls.iter().all(|url| !url.contains("stop")), "{urls:?}");
}
