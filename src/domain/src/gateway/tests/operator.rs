//! What an operator closes and limits: `operation_rules` and `requests_per_minute`.

use std::time::Duration;

use http::Method;
use serde_json::{Value, json};

use super::{Fixture, Outcome, answered, refused, relayed};
use crate::environment::TransportError;

const BLOCKING: &str = r#"{"query":"q","inputs":{}}"#;

fn body(outcome: Outcome) -> Value {
    serde_json::from_slice(&answered(outcome).body).unwrap()
}

#[test]
fn a_closed_operation_is_refused_before_dify_is_asked_and_only_the_log_has_the_rule() {
    let fixture = Fixture::new(&json!({"operation_rules": "chat: roles=runner; get_info: nobody"}));
    let refusal = body(fixture.chat(&json!({"roles": ["guest"]}), BLOCKING));
    let message = "POST /chat-messages is not open to you: you do not meet the endpoint's `operation_rules` for it. Ask its \
                   administrator for the role that it needs; if you have got it since you signed in, sign in again.";
    assert_eq!(
        (&refusal["code"], &refusal["message"]),
        (&json!("operation_refused"), &json!(message))
    );
    assert_eq!(
        fixture.last_line()["detail"],
        "`roles=runner` of `operation_rules` is not met"
    );

    let request = fixture.request(Method::GET, &fixture.token(&json!({"roles": ["runner"]})));
    let refusal = body(fixture.handle("get_info", &request, ""));
    let message =
        "GET /info is closed to everybody at this endpoint, by its setting `operation_rules`.";
    assert_eq!(
        (&refusal["code"], &refusal["message"]),
        (&json!("operation_refused"), &json!(message))
    );

    relayed(fixture.chat(&json!({"roles": ["runner"]}), BLOCKING));
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}

#[test]
fn rules_open_nothing_that_the_class_closes() {
    let fixture = Fixture::new(
        &json!({"operation_rules": "annotations: roles=editor", "admin_claims": "groups=ops"}),
    );
    for (claims, expected) in [
        (json!({"roles": "editor"}), Some("admin_required")),
        (json!({"groups": "ops"}), Some("operation_refused")),
        (json!({"groups": "ops", "roles": "editor"}), None),
    ] {
        let request = fixture.request(Method::GET, &fixture.token(&claims));
        let outcome = fixture.handle("get_annotations", &request, "");
        match expected {
            Some(code) => assert_eq!(refused(outcome), (403, code.to_owned()), "{claims}"),
            None => drop(relayed(outcome)),
        }
    }
}

#[test]
fn a_caller_is_told_what_is_closed() {
    let fixture = Fixture::new(&json!({"operation_rules": "audio: roles=x; files: anybody"}));
    for (claims, closed) in [
        (
            json!({}),
            json!(["post_audio_to_text", "post_text_to_audio"]),
        ),
        (json!({"roles": "x"}), json!([])),
    ] {
        let request = fixture.request(Method::GET, &fixture.token(&claims));
        let whoami = body(fixture.handle("get_whoami", &request, ""));
        assert_eq!(whoami["closed_operations"], closed, "{claims}");
    }
}

#[test]
fn a_user_has_a_number_of_requests_and_every_response_says_how_many_are_left() {
    let fixture =
        Fixture::new(&json!({"requests_per_minute": "60 burst=2", "streams_per_user": "0"}));
    let chat = || {
        let mut relay = relayed(fixture.chat(&json!({}), BLOCKING));
        let failed = Err(TransportError::Connect);
        let response = fixture
            .gateway
            .judge_response_head(&mut relay.context, failed);
        let field = |name: &str| response.headers[name].to_str().unwrap().to_owned();
        (field("ratelimit-policy"), field("ratelimit"))
    };
    let told = |left: &str| ("\"user\";q=2;w=2".to_owned(), left.to_owned());
    assert_eq!(chat(), told("\"user\";r=1;t=1"));
    assert_eq!(chat(), told("\"user\";r=0;t=2"));

    let response = answered(fixture.chat(&json!({}), BLOCKING));
    let refusal: Value = serde_json::from_slice(&response.body).unwrap();
    let message = "You have sent as many requests as this endpoint allows each user (`requests_per_minute`): 2 at once, then \
                   one every 1 s. Try again in 1 s.";
    assert_eq!(
        (&refusal["code"], &refusal["message"], &refusal["status"]),
        (&json!("user_rate_limited"), &json!(message), &json!(429))
    );
    assert_eq!(response.headers["retry-after"], "1");
    assert_eq!(response.headers["ratelimit"], "\"user\";r=0;t=2");

    // What Dify is not asked for does not count, and nobody else is concerned.
    let request = fixture.request(Method::GET, &fixture.token(&json!({})));
    let whoami = answered(fixture.handle("get_whoami", &request, ""));
    assert_eq!(
        (whoami.status.as_u16(), whoami.headers.get("ratelimit")),
        (200, None)
    );
    relayed(fixture.chat(&json!({"sub": "bob"}), BLOCKING));
    fixture.environment.advance(Duration::from_secs(1));
    assert_eq!(chat(), told("\"user\";r=0;t=2"));
}

#[test]
fn a_request_too_many_costs_dify_not_even_the_question_for_the_declared_inputs() {
    let fixture = Fixture::new(&json!({"requests_per_minute": "60 burst=1", "input_claims": ""}));
    let request = fixture.request(Method::GET, &fixture.token(&json!({})));
    relayed(fixture.handle("get_info", &request, ""));
    let outcome = fixture.chat(&json!({}), BLOCKING);
    assert_eq!(refused(outcome), (429, "user_rate_limited".to_owned()));
    assert_eq!(fixture.environment.urls(), Vec::<String>::new());
}
