//! The runs that one user may have at once.

use std::pin::pin;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fixture, answered, headers, relayed};
use crate::environment::TransportError;
use crate::environment::fake::poll_once;
use crate::gateway::{Outcome, RelayEnd};
use crate::relay::{RelayContext, ResponseHead};

const STREAMING: &str = r#"{"query":"q","inputs":{},"response_mode":"streaming"}"#;
const BLOCKING: &str = r#"{"query":"q","inputs":{}}"#;

fn head() -> Result<ResponseHead, TransportError> {
    Ok(ResponseHead {
        status: StatusCode::OK,
        headers: headers(&[("content-type", "application/json")]),
    })
}

/// A run that Dify has begun to answer.
fn begun(fixture: &Fixture, claims: &Value, body: &str) -> RelayContext {
    let mut relay = relayed(fixture.chat(claims, body));
    fixture
        .gateway
        .judge_response_head(&mut relay.context, head());
    relay.context
}

fn is_refused(outcome: Outcome) -> bool {
    match outcome {
        Outcome::Response(response) => {
            assert_eq!(response.status, StatusCode::TOO_MANY_REQUESTS);
            true
        }
        Outcome::File(_) | Outcome::Relay(_) | Outcome::Translation(_) => false,
    }
}

#[test]
fn a_user_has_no_more_runs_at_once_than_the_settings_allow_streaming_or_blocking() {
    let fixture = Fixture::new(&json!({"streams_per_user": "2"}));
    let alice = json!({});
    let first = begun(&fixture, &alice, STREAMING);
    begun(&fixture, &alice, BLOCKING);
    for body in [STREAMING, BLOCKING] {
        let response = answered(fixture.chat(&alice, body));
        let body: Value = serde_json::from_slice(&response.body).unwrap();
        let message = "You have 2 runs under way, streaming or blocking, and this endpoint allows each user 2 at once \
                       (`streams_per_user`). Wait for one to end, or stop it.";
        assert_eq!(
            (&body["code"], &body["message"], &body["status"]),
            (&json!("too_many_streams"), &json!(message), &json!(429))
        );
        assert_eq!(response.headers["retry-after"], "5");
    }
    begun(&fixture, &json!({"sub": "bob"}), BLOCKING);
    fixture.gateway.relay_ended(first, RelayEnd::Complete);
    begun(&fixture, &alice, BLOCKING);
    assert!(is_refused(fixture.chat(&alice, BLOCKING)));
}

#[test]
fn a_run_ends_exactly_once_however_its_relay_ends() {
    for end in [
        RelayEnd::Abandoned,
        RelayEnd::Broken,
        RelayEnd::Complete,
        RelayEnd::Timeout,
    ] {
        let fixture = Fixture::new(&json!({"streams_per_user": "2"}));
        let first = begun(&fixture, &json!({}), STREAMING);
        begun(&fixture, &json!({}), STREAMING);
        // Noted twice, it still makes room for one.
        fixture.gateway.relay_ended(first.clone(), end);
        fixture.gateway.relay_ended(first, end);
        begun(&fixture, &json!({}), STREAMING);
        assert!(is_refused(fixture.chat(&json!({}), STREAMING)), "{end:?}");
    }
}

#[test]
fn the_end_of_a_run_that_a_lost_instance_counted_makes_no_room_in_the_next() {
    let settings = json!({"streams_per_user": "1"});
    let lost = Fixture::new(&settings);
    let of_the_lost = RelayContext {
        record: Default::default(),
        ..begun(&lost, &json!({}), STREAMING)
    };
    let fixture = Fixture::new(&settings);
    fixture.chats.set(10);
    begun(&fixture, &json!({}), STREAMING);
    fixture.gateway.relay_ended(of_the_lost, RelayEnd::Complete);
    assert!(is_refused(fixture.chat(&json!({}), STREAMING)));
}

#[test]
fn a_run_that_is_refused_or_given_up_before_its_relay_is_not_counted() {
    let fixture = Fixture::new(&json!({"streams_per_user": "1"}));
    for _ in 0..3 {
        answered(fixture.chat(&json!({}), r#"{"query":"q","inputs":[]}"#));
    }
    // Another user's first request is under way, and a second one of that user is dropped while it waits.
    let token = fixture.token(&json!({"sub": "bob"}));
    let other = fixture.request(Method::POST, &token);
    let rename = r#"{"name":"n"}"#.as_bytes().to_vec();
    let mut named = other.clone();
    named.path_values.insert(
        "conversation_id".to_owned(),
        "1e43fa4c-9b1a-430a-b494-ac22222409ae".to_owned(),
    );
    relayed(
        fixture.environment.run(
            fixture
                .gateway
                .handle("post_conversation_name", &named, &rename),
        ),
    );
    {
        let body = STREAMING.as_bytes().to_vec();
        let mut waiting = pin!(fixture.gateway.handle("post_chat_messages", &other, &body));
        assert!(poll_once(waiting.as_mut()).is_pending());
        let mut third = other.clone();
        third.id = "r3".to_owned();
        assert!(is_refused(fixture.handle(
            "post_chat_messages",
            &third,
            STREAMING
        )));
    }
    let mut next = other;
    next.id = "r4".to_owned();
    let body = STREAMING.as_bytes().to_vec();
    let mut waiting = pin!(fixture.gateway.handle("post_chat_messages", &next, &body));
    assert!(
        poll_once(waiting.as_mut()).is_pending(),
        "it waits again instead of being refused"
    );
}

#[test]
fn a_run_whose_request_fails_in_the_host_has_ended() {
    let fixture = Fixture::new(&json!({"streams_per_user": "1"}));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    relayed(fixture.handle("post_chat_messages", &request, STREAMING));
    assert!(is_refused(fixture.chat(&json!({}), STREAMING)));
    let response = fixture.gateway.call_failed("post_chat_messages", &request);
    assert_eq!(response.status, StatusCode::INTERNAL_SERVER_ERROR);
    let body = STREAMING.as_bytes().to_vec();
    let mut next = request;
    next.id = "r2".to_owned();
    let mut waiting = pin!(fixture.gateway.handle("post_chat_messages", &next, &body));
    // The first request of the user has no response, so this one waits a second; it is not refused.
    assert!(poll_once(waiting.as_mut()).is_pending());
}

#[test]
fn what_is_not_a_run_is_not_counted_and_zero_means_no_limit() {
    let fixture = Fixture::new(&json!({"streams_per_user": "1"}));
    begun(&fixture, &json!({}), STREAMING);
    let request = fixture.request(Method::GET, &fixture.token(&json!({})));
    for _ in 0..3 {
        relayed(fixture.handle("get_conversations", &request, ""));
    }
    let unlimited = Fixture::new(&json!({"streams_per_user": "0"}));
    for _ in 0..50 {
        begun(&unlimited, &json!({}), STREAMING);
    }
}
