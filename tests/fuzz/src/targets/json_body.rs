//! JSON bodies: whatever passes, Python reads as it was sent, but for `user` and the inputs of the gateway.

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
        let Some(once) = relayed(operation, CONTENT_TYPE, input, &caller) else {
            continue;
        };
        let read = object(&once.bytes).expect("an object is relayed");
        let names = member_names(&once.bytes);
        assert!(names.are_unique());
        assert_eq!(names.count("user"), usize::from(has_user));
        let sent = object(input).expect("an object was sent");
        assert_eq!(read, expected(sent, has_user, has_inputs), "{handler}");
        assert_streams_as_it_says(operation, &read, once.streaming);
        let again = relayed(operation, CONTENT_TYPE, &once.bytes, &caller);
        assert_eq!(again.as_ref(), Some(&once));
    }
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
