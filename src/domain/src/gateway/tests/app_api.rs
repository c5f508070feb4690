use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use http::{Method, StatusCode};
use serde_json::{Value, json};

use super::{Fixture, ISSUER, answered, headers, refused, relayed, sent};
use crate::environment::TransportError;
use crate::environment::fake::{ok, poll_once, respond, status};
use crate::error::{Code, Refusal};
use crate::gateway::RelayEnd;
use crate::relay::ResponseHead;

const RUN: &str = "https://dify.example/v1/workflows/run/1e43fa4c-9b1a-430a-b494-ac22222409ae";
const PARAMETERS: &str = "https://dify.example/v1/parameters";
const CHAT: &str = r#"{"query":"q","inputs":{},"response_mode":"streaming"}"#;

fn head(status: u16) -> Result<ResponseHead, TransportError> {
    let headers = headers(&[("content-type", "text/event-stream")]);
    Ok(ResponseHead {
        status: StatusCode::from_u16(status).unwrap(),
        headers,
    })
}

#[test]
fn a_run_is_shown_only_to_the_user_who_started_it_and_to_administrators() {
    let fixture = Fixture::new(&json!({"admin_claims": "groups=ops"}));
    let body =
        json!({"id": "x", "inputs": json!({"sys.user_id": "alice"}).to_string()}).to_string();
    fixture.environment.answer(
        RUN,
        respond(
            StatusCode::OK,
            &[("content-type", "application/json")],
            body.clone(),
        ),
    );
    let ask = |claims: Value, method: Method| {
        let mut request = fixture.request(method, &fixture.token(&claims));
        request.path_values.insert(
            "workflow_run_id".to_owned(),
            RUN.rsplit('/').next().unwrap().to_owned(),
        );
        fixture.handle("get_workflow_run", &request, "")
    };
    for method in [Method::GET, Method::HEAD] {
        let own = answered(ask(json!({}), method.clone()));
        assert_eq!(
            (own.status.as_u16(), String::from_utf8(own.body).unwrap()),
            (200, body.clone())
        );
        assert_eq!(
            refused(ask(json!({"sub": "bob"}), method)),
            (404, "not_found".to_owned())
        );
    }
    assert!(
        fixture
            .environment
            .exchanges()
            .iter()
            .all(|exchange| exchange.method == Method::GET)
    );
    relayed(ask(json!({"sub": "root", "groups": ["ops"]}), Method::GET));

    let missing = respond(
        StatusCode::NOT_FOUND,
        &[("content-type", "application/json")],
        "{}",
    );
    let (theirs, none) = (answered(ask(json!({"sub": "bob"}), Method::GET)), {
        fixture.environment.answer(RUN, missing);
        answered(ask(json!({"sub": "bob"}), Method::GET))
    });
    assert_eq!(theirs, none, "whether a run exists cannot be found out");
}

#[test]
fn further_requests_of_a_new_user_wait_for_the_head_of_the_first() {
    let fixture = Fixture::new(&json!({}));
    let mut first = relayed(fixture.chat(&json!({}), CHAT));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    let body = CHAT.as_bytes().to_vec();
    let mut second = pin!(
        fixture
            .gateway
            .handle("post_chat_messages", &request, &body)
    );
    assert!(poll_once(second.as_mut()).is_pending());
    relayed(fixture.chat(&json!({"sub": "bob"}), CHAT));
    fixture
        .gateway
        .judge_response_head(&mut first.context, head(200));
    assert!(poll_once(second.as_mut()).is_ready());
    relayed(fixture.chat(&json!({}), CHAT));
}

#[test]
fn nobody_waits_longer_than_a_second_for_a_first_request() {
    let fixture = Fixture::new(&json!({}));
    relayed(fixture.chat(&json!({}), CHAT));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    let body = CHAT.as_bytes().to_vec();
    let mut second = pin!(
        fixture
            .gateway
            .handle("post_chat_messages", &request, &body)
    );
    assert!(poll_once(second.as_mut()).is_pending());
    fixture.environment.advance(Duration::from_secs(1));
    assert!(poll_once(second.as_mut()).is_ready());
}

#[test]
fn after_a_first_request_that_failed_one_of_those_that_waited_goes_first() {
    let fixture = Fixture::new(&json!({}));
    let mut first = relayed(fixture.chat(&json!({}), CHAT));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    let body = CHAT.as_bytes().to_vec();
    let wait = || {
        fixture
            .gateway
            .handle("post_chat_messages", &request, &body)
    };
    let (mut second, mut third) = (pin!(wait()), pin!(wait()));
    assert!(poll_once(second.as_mut()).is_pending());
    assert!(poll_once(third.as_mut()).is_pending());

    let failure = Err(TransportError::Connect);
    fixture
        .gateway
        .judge_response_head(&mut first.context, failure);
    let mut second = match poll_once(second.as_mut()) {
        Poll::Ready(outcome) => relayed(outcome),
        Poll::Pending => panic!("the second need not wait"),
    };
    assert!(poll_once(third.as_mut()).is_pending());
    fixture
        .gateway
        .judge_response_head(&mut second.context, head(200));
    assert!(poll_once(third.as_mut()).is_ready());
}

#[test]
fn a_user_who_could_not_be_made_is_new_again() {
    let fixture = Fixture::new(&json!({}));
    let mut first = relayed(fixture.chat(&json!({}), CHAT));
    fixture
        .gateway
        .judge_response_head(&mut first.context, Err(TransportError::Connect));
    relayed(fixture.chat(&json!({}), CHAT));
    let request = fixture.request(Method::POST, &fixture.token(&json!({})));
    let body = CHAT.as_bytes().to_vec();
    assert!(
        poll_once(
            pin!(
                fixture
                    .gateway
                    .handle("post_chat_messages", &request, &body)
            )
            .as_mut()
        )
        .is_pending()
    );
}

#[test]
fn a_short_response_that_broke_off_counts_as_no_response() {
    let fixture = Fixture::new(&json!({}));
    let rows = [
        (RelayEnd::Complete, 200, None),
        (RelayEnd::Broken, 502, Some(Code::DifyUnavailable)),
        (RelayEnd::Timeout, 504, Some(Code::DifyTimeout)),
    ];
    for (end, status, code) in rows {
        let mut relay = relayed(fixture.chat(&json!({}), CHAT));
        let response = fixture
            .gateway
            .judge_response(&mut relay.context, head(200), end);
        let refusal = response.refusal.as_ref().map(Refusal::code);
        assert_eq!(
            (response.status.as_u16(), refusal),
            (status, code),
            "{end:?}"
        );
        assert_eq!(response.body.is_some(), code.is_some(), "{end:?}");
    }
}

#[test]
fn a_stream_gets_the_short_limit_for_its_head_and_a_blocking_request_the_long_one() {
    let fixture = Fixture::new(&json!({}));
    let cases = [
        (CHAT, 30),
        (r#"{"query":"q","inputs":{}}"#, 300),
        (
            r#"{"query":"q","inputs":{},"response_mode":"blocking"}"#,
            300,
        ),
    ];
    for (number, (body, seconds)) in cases.into_iter().enumerate() {
        let relay = relayed(fixture.chat(&json!({"sub": format!("u{number}")}), body));
        assert_eq!(
            relay.request.limits.head,
            Duration::from_secs(seconds),
            "{body}"
        );
    }
}

#[test]
fn declared_claims_go_into_the_inputs_and_dify_is_asked_once_a_minute() {
    let fixture = Fixture::new(&json!({"input_claims": ""}));
    let form = json!({"user_input_form": [{"text-input": {"variable": "__oidc_email", "required": false, "max_length": 48}}]});
    fixture.environment.answer(PARAMETERS, ok(form.to_string()));
    let claims = json!({"email": "alice@example.com", "secret": "not declared"});
    let body = r#"{"query":"q","inputs":{"__oidc_email":"mallory@example.com","__oidc_admin":"yes","a":1}}"#;
    for sub in ["u1", "u2"] {
        let relay = relayed(fixture.chat(
            &json!({"sub": sub, "email": claims["email"], "secret": claims["secret"]}),
            body,
        ));
        assert_eq!(
            sent(&relay, body)["inputs"],
            json!({"a": 1, "__oidc_email": "alice@example.com"})
        );
    }
    assert_eq!(fixture.environment.count(PARAMETERS), 1);
    fixture.environment.advance(Duration::from_secs(60));
    relayed(fixture.chat(&json!({"sub": "u3"}), body));
    assert_eq!(fixture.environment.count(PARAMETERS), 2);
}

#[test]
fn a_dify_that_does_not_say_what_it_declares_is_asked_again_after_five_seconds() {
    let fixture = Fixture::new(&json!({"input_claims": ""}));
    fixture.environment.answer(PARAMETERS, status(500));
    for (sub, seconds, asked) in [("u1", 0, 1), ("u2", 4, 1), ("u3", 1, 2)] {
        fixture.environment.advance(Duration::from_secs(seconds));
        relayed(fixture.chat(&json!({"sub": sub}), r#"{"query":"q","inputs":{}}"#));
        assert_eq!(fixture.environment.count(PARAMETERS), asked, "{sub}");
    }
}

#[test]
fn a_request_leaves_one_line_that_names_nobody_and_no_secret() {
    let fixture = Fixture::new(&json!({}));
    let token = fixture.token(&json!({}));
    let request = fixture.request(Method::POST, &token);
    let mut relay = relayed(fixture.handle("post_chat_messages", &request, CHAT));
    assert_eq!(fixture.environment.lines().len(), 0);
    fixture.environment.advance(Duration::from_millis(20));
    fixture
        .gateway
        .judge_response_head(&mut relay.context, head(200));
    fixture
        .gateway
        .relay_ended(relay.context, RelayEnd::Complete);
    let mut line = fixture.last_line();
    let user = line.as_object_mut().unwrap().remove("user").unwrap();
    assert_eq!(user.as_str().unwrap().len(), 16);
    assert_eq!(
        line,
        json!({
            "event": "request", "started": crate::environment::fake::START.as_millis(), "request_id": "r1", "endpoint": "e1",
            "operation": "post_chat_messages", "method": "POST", "verdict": "allowed", "issuer": "https://idp.example",
            "status": 200, "dify_status": 200, "milliseconds": 20, "dify_milliseconds": 0,
        })
    );
    assert_eq!(
        refused(fixture.handle(
            "post_chat_messages",
            &fixture.request(Method::POST, "x.y"),
            CHAT
        ))
        .0,
        401
    );
    assert_eq!(fixture.last_line()["code"], "token_opaque");
    let all = format!("{:?}", fixture.environment.lines());
    for secret in [super::APP_KEY, &token, "alice"] {
        assert!(!all.contains(secret), "{secret} in {all}");
    }
}

#[test]
fn the_settings_choose_what_is_logged() {
    let fixture = Fixture::new(&json!({"log_level": "error"}));
    refused(fixture.handle(
        "post_chat_messages",
        &fixture.request(Method::POST, ""),
        CHAT,
    ));
    assert_eq!(fixture.environment.lines(), Vec::new());
    let mut relay = relayed(fixture.chat(&json!({}), CHAT));
    fixture
        .gateway
        .judge_response_head(&mut relay.context, Err(TransportError::Connect));
    fixture
        .gateway
        .relay_ended(relay.context, RelayEnd::Complete);
    assert_eq!(fixture.last_line()["code"], "dify_unavailable");
}

#[test]
fn the_settings_choose_what_is_logged_about_the_identity_provider_too() {
    for (level, events) in [
        ("warn", &[] as &[&str]),
        (
            "info",
            &[
                "identity_provider_asked",
                "identity_provider_asked",
                "request",
            ],
        ),
    ] {
        let mut fixture = Fixture::new(&json!({"log_level": level}));
        let keys = fixture.settings["jwks"].take();
        let document = json!({"issuer": ISSUER, "jwks_uri": "https://idp.example/keys"});
        let discovery = "https://idp.example/.well-known/openid-configuration";
        fixture
            .environment
            .answer(discovery, ok(document.to_string()));
        fixture
            .environment
            .answer("https://idp.example/keys", ok(keys.as_str().unwrap()));
        let request = fixture.request(Method::GET, &fixture.token(&json!({})));
        fixture.handle("get_whoami", &request, "");
        let lines = fixture.environment.lines();
        let written = lines
            .iter()
            .map(|(_, line)| serde_json::from_str::<Value>(line).unwrap()["event"].clone());
        assert_eq!(written.collect::<Vec<_>>(), events, "{level}");
    }
}

#[test]
fn a_request_line_longer_than_dify_takes_is_refused_and_what_the_gateway_writes_into_it_counts() {
    let fixture = Fixture::new(&json!({}));
    let around = "GET /v1/messages?&user=alice HTTP/1.1".len();
    let smuggled = format!("user={}&", "m".repeat(5000));
    let cases = [
        ("x".repeat(4094 - around), None),
        (smuggled + &"x".repeat(4094 - around), None),
        ("x".repeat(4095 - around), Some(4095)),
        ("x".repeat(100_000), Some(100_000 + around)),
    ];
    for (query, refused) in cases {
        let length = query.len();
        let mut request = fixture.request(Method::GET, &fixture.token(&json!({})));
        request.query = query;
        let outcome = fixture.handle("get_messages", &request, "");
        let Some(line) = refused else {
            let mut relay = relayed(outcome);
            fixture
                .gateway
                .judge_response_head(&mut relay.context, head(200));
            continue;
        };
        let message = format!(
            "The request line for Dify has {line} bytes, with what the gateway adds. Dify takes at most 4094; shorten the query."
        );
        let body: Value = serde_json::from_slice(&answered(outcome).body).unwrap();
        let found = (&body["code"], &body["message"]);
        assert_eq!(
            found,
            (&json!("invalid_param"), &json!(message)),
            "{length}"
        );
    }
}
