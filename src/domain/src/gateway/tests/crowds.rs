//! What happens where many requests wait for an outside that hangs.

use std::task::Poll;
use std::time::Duration;

use http::Method;
use serde_json::json;

use super::{APP_KEY, Fixture, answered};
use crate::documentation::Document;
use crate::environment::fake::{ok, poll_once, respond};
use crate::gateway::Outcome;
use crate::limits;

const INFO: &str = "https://dify.example/v1/info";
const PARAMETERS: &str = "https://dify.example/v1/parameters";

#[test]
fn a_flood_of_health_requests_at_a_hanging_dify_waits_in_small_number_and_the_rest_is_told() {
    let fixture = Fixture::new(&json!({}));
    let json = [("content-type", "application/json")];
    let info = respond(
        http::StatusCode::OK,
        &json,
        r#"{"name":"Helper","mode":"chat"}"#,
    );
    fixture.environment.answer(INFO, info);
    fixture.environment.hold(INFO);
    let mut request = fixture.request(Method::GET, "");
    request.headers.clear();
    let nothing = Vec::new();
    let mut flood: Vec<_> = (0..1200)
        .map(|_| Box::pin(fixture.gateway.handle("get_health", &request, &nothing)))
        .collect();
    let mut statuses = Vec::new();
    for one in &mut flood {
        if let Poll::Ready(outcome) = poll_once(one.as_mut()) {
            statuses.push(answered(outcome).status.as_u16());
        }
    }
    assert_eq!(statuses, vec![503; 1200 - limits::HEALTH_WAITERS]);
    fixture.environment.advance(Duration::from_secs(2));
    let request = fixture.request(Method::GET, APP_KEY);
    let response = answered(fixture.handle("get_health", &request, ""));
    let report: serde_json::Value = serde_json::from_slice(&response.body).unwrap();
    assert_eq!(
        report["dify"],
        json!({
            "status": "failed", "code": "dify_unavailable",
            "message": "Dify has not described the app yet, and too many requests wait for that already. Try again in 3 s.",
            "documentation": format!("{}#dify_unavailable", Document::Troubleshooting.address()),
        })
    );
    fixture.environment.release(INFO);
    for one in flood.drain(..limits::HEALTH_WAITERS) {
        assert_eq!(answered(fixture.environment.run(one)).status, 200);
    }
    assert_eq!(fixture.environment.count(INFO), 1);
}

#[test]
fn chats_that_wait_for_the_declared_inputs_are_bounded_and_the_rest_goes_on_without_them() {
    let settings = json!({"input_claims": "", "streams_per_user": "0"});
    let fixture = Fixture::new(&settings);
    fixture
        .environment
        .answer(PARAMETERS, ok(r#"{"user_input_form":[]}"#));
    fixture.environment.hold(PARAMETERS);
    let body = br#"{"query":"q","inputs":{},"response_mode":"streaming"}"#.to_vec();
    let requests: Vec<_> = (0..limits::FETCH_WAITERS + 5)
        .map(|number| {
            let token = fixture.token(&json!({"sub": format!("user-{number}")}));
            fixture.request(Method::POST, &token)
        })
        .collect();
    let mut chats: Vec<_> = requests
        .iter()
        .map(|request| Box::pin(fixture.gateway.handle("post_chat_messages", request, &body)))
        .collect();
    let relayed = chats
        .iter_mut()
        .map(|chat| {
            usize::from(matches!(
                poll_once(chat.as_mut()),
                Poll::Ready(Outcome::Relay(_))
            ))
        })
        .sum::<usize>();
    assert_eq!(relayed, 5);
    assert_eq!(fixture.environment.count(PARAMETERS), 1);
}
