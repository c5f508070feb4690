//! JSON bodies: whatever passes, Python reads as it was sent, except `user` and the inputs of the gateway; and what
//! `serde_json` takes for an object passes, within the limits.

use gateway_domain::operation::Operation;
use gateway_domain::rewrite::RawJson;
use serde_json::{Map, Value};

use super::rewriting::{USER, caller, operation, relayed};
use crate::reading::{member_names, object};

const CONTENT_TYPE: &str = "application/json";
const PREFIX: &str = "__oidc_";

pub(crate) fn check(input: &[u8]) {
    let inputs = [("__oidc_email".to_owned(), RawJson::text("a@a.example"))];
    for (handler, has_user, has_inputs) in [
        ("post_chat_messages", true, true),
        ("post_chat_messages_stop", true, false),
        ("put_annotation", false, false),
    ] {
        let operation = operation(handler);
        let caller = caller(&inputs, false);
        let (once, sent) = match (
            relayed(operation, CONTENT_TYPE, input, &caller),
            sent(input),
        ) {
            (Ok(once), Ok(sent)) => (once, sent),
            (Err(refusal), Ok(_)) => {
                assert!(is_of_a_limit(refusal.message()), "{}", refusal.message());
                continue;
            }
            (Ok(_), Err(error)) => {
                assert!(is_stricter(&error), "an object was sent: {error}");
                continue;
            }
            (Err(_), Err(_)) => continue,
        };
        let read = object(&once.bytes).expect("an object is relayed");
        let names = member_names(&once.bytes);
        assert_eq!(names.count("user"), usize::from(has_user));
        for name in ["inputs", "response_mode"] {
            assert!(names.count(name) <= 1, "{name}");
        }
        assert_eq!(read, expected(sent, has_user, has_inputs), "{handler}");
        assert_streams_as_it_says(operation, &read, once.streaming);
        let again = relayed(operation, CONTENT_TYPE, &once.bytes, &caller);
        assert_eq!(again.as_ref(), Ok(&once));
    }
}

/// The members, as `serde_json` reads them without a byte order mark.
fn sent(input: &[u8]) -> serde_json::Result<Map<String, Value>> {
    serde_json::from_slice(input.strip_prefix(b"\xef\xbb\xbf").unwrap_or(input))
}

/// Whether the message is not about JSON, but about a limit or `inputs`.
fn is_of_a_limit(message: &str) -> bool {
    [
        "at most",
        "64-bit float",
        "`inputs` is not",
        "The body is empty",
    ]
    .iter()
    .any(|limit| message.contains(limit))
}

/// Whether `serde_json` has refused what RFC 8259 allows: it takes a level less, and rounds the largest floats up.
fn is_stricter(error: &serde_json::Error) -> bool {
    ["recursion limit", "number out of range"]
        .iter()
        .any(|limit| error.to_string().contains(limit))
}

fn expected(mut sent: Map<String, Value>, has_user: bool, has_inputs: bool) -> Map<String, Value> {
    sent.remove("user");
    if has_user {
        sent.insert("user".to_owned(), USER.into());
    }
    if has_inputs && sent.get("inputs").is_none_or(Value::is_null) {
        sent.insert("inputs".to_owned(), Map::new().into());
    }
    if let Some(Value::Object(inputs)) = sent.get_mut("inputs") {
        inputs.retain(|name, _| !name.starts_with(PREFIX));
        if has_inputs {
            inputs.insert("__oidc_email".to_owned(), "a@a.example".into());
        }
    }
    sent
}

fn assert_streams_as_it_says(operation: &Operation, read: &Map<String, Value>, streaming: bool) {
    let asks = read
        .get("response_mode")
        .is_some_and(|mode| mode == "streaming");
    assert_eq!(
        streaming,
        asks && operation.takes_inputs,
        "{}",
        operation.handler
    );
}
