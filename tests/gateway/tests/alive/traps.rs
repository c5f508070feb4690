//! The module traps, runs out of memory or never returns: one request pays for it.
//!
//! The package here is a copy whose module was changed: see `failing_package.rs`.

use futures::future::{join, join_all};
use gateway_tests::{Stage, WholeResponse, events, eventually};
use harness::Fault;
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use std::time::Duration;
use tempfile::TempDir;

use super::failing_package::{LARGEST_PIECE, failing_package};

const JWKS: &str = "/jwks";
/// Operations whose handlers trap, loop without end, and take memory until there is none.
const TRAP: &str = "/meta";
const LOOP: &str = "/site";
const OUT_OF_MEMORY: &str = "/parameters";

async fn failing_bench() -> (Stage, TempDir) {
    let directory = TempDir::new().unwrap();
    let package = failing_package(directory.path());
    let stage = Stage::with(AppKind::Chatflow, |options| options.package = Some(package)).await;
    // The inputs would be asked of `/parameters` of Dify, which no handler of the module is.
    (stage, directory)
}

/// Makes the module fail, and sees that the call is the only one to pay.
async fn fail(stage: &Stage, token: &str, path: &str) {
    let (status, code, _) = stage.get(token, path).await.refusal();
    assert_eq!((status, code.as_str()), (500, "internal_error"), "{path}");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_module_that_fails_costs_one_request_and_the_keys_are_fetched_once_more() {
    let (stage, _directory) = failing_bench().await;
    let issuer = stage.issuer();
    let token = stage.token("alice");
    assert_eq!(stage.get(&token, "/info").await.status, 200);
    for (failures, path) in [TRAP, OUT_OF_MEMORY, LOOP].into_iter().enumerate() {
        fail(&stage, &token, path).await;
        let tokens: Vec<_> = (0..20)
            .map(|number| stage.token(&format!("user-{number}")))
            .collect();
        let answers = join_all(tokens.iter().map(|token| stage.get(token, "/info"))).await;
        assert!(
            answers.iter().all(|answer| answer.status == 200),
            "after {path}"
        );
        assert_eq!(issuer.requests(JWKS), 2 + failures, "after {path}");
    }
    assert_eq!(stage.stack.daemon.restarts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn calls_that_wait_when_the_module_fails_start_again() {
    let (stage, _directory) = failing_bench().await;
    let issuer = stage.issuer();
    issuer.set_fault(JWKS, Some(Fault::Slow(Duration::from_secs(2))));
    let token = stage.token("alice");
    let waiting = join_all((0..20).map(|_| stage.get(&token, "/info")));
    let failing = async {
        while issuer.requests(JWKS) == 0 {
            tokio::time::sleep(Duration::from_millis(20)).await;
        }
        // It fails before its token is looked at, so it does not wait for the keys.
        fail(&stage, &token, TRAP).await;
    };
    let (answers, ()) = join(waiting, failing).await;
    assert!(answers.iter().all(|answer| answer.status == 200));
    assert_eq!(issuer.requests(JWKS), 2, "one fetch of each instance");
    assert_eq!(stage.seen().len(), 20, "none has reached Dify twice");
    assert_eq!(stage.stack.daemon.restarts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn streams_under_way_go_on_when_the_module_fails() {
    let (stage, _directory) = failing_bench().await;
    let token = stage.token("alice");
    stage
        .control()
        .set_event_interval(Duration::from_millis(300));
    let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
    let streams: Vec<_> = (0..4)
        .map(|_| {
            let request = stage
                .request(Method::POST, "/chat-messages")
                .bearer_auth(&token);
            tokio::spawn(request.json(&chat).send())
        })
        .collect();
    for stream in streams {
        let mut response = stream.await.unwrap().unwrap();
        let first = response.chunk().await.unwrap().unwrap();
        fail(&stage, &token, TRAP).await;
        let rest = response.bytes().await.unwrap();
        let events = events(&[first, rest].concat());
        assert_eq!(events.last().unwrap()["event"], "workflow_finished");
    }
    assert_eq!(stage.stack.daemon.restarts(), 0);
}

/// The last message that an MCP client gets of its call.
async fn called(stage: &Stage, user: &str, query: &str) -> Value {
    let params = json!({"name": "oidc_chatflow", "arguments": {"query": query}});
    let call = json!({"jsonrpc": "2.0", "id": query, "method": "tools/call", "params": params});
    let request = stage
        .request(Method::POST, "/mcp")
        .bearer_auth(stage.token(user))
        .header("accept", "text/event-stream");
    let response = WholeResponse::of(request.json(&call)).await;
    assert_eq!(response.status, 200);
    let lines = response.text().lines();
    let last = lines
        .filter_map(|line| line.strip_prefix("data: "))
        .next_back();
    serde_json::from_str(last.unwrap()).unwrap()
}

fn assert_lost(told: &Value, id: &str) {
    let lost = json!({
        "code": -32603,
        "message": "The gateway has lost this call through a fault of its own. A workflow may go on in Dify.",
    });
    assert_eq!((&told["id"], &told["error"]), (&json!(id), &lost), "{told}");
}

fn assert_succeeded(told: &Value, id: &str) {
    assert_eq!(told["id"], id, "{told}");
    assert_eq!(told["result"]["structuredContent"]["status"], "succeeded");
}

#[tokio::test(flavor = "multi_thread")]
async fn an_mcp_call_that_makes_the_module_trap_ends_with_an_error_and_the_next_one_works() {
    let (stage, _directory) = failing_bench().await;
    stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/x"}));
    assert_succeeded(&called(&stage, "alice", "before").await, "before");
    let large = "x".repeat(usize::from(LARGEST_PIECE));
    let body = format!("data: {{\"event\":\"message\",\"answer\":\"{large}\"}}\n\n");
    let fault = stand_in_dify::Fault::Answer {
        status: 200,
        headers: vec![("content-type".to_owned(), "text/event-stream".to_owned())],
        body: body.into_bytes(),
    };
    for user in ["alice", "bob"] {
        stage.control().set_fault_of_body("poison", fault.clone());
        assert_lost(&called(&stage, user, "poison").await, "poison");
        assert_succeeded(&called(&stage, user, "after").await, "after");
    }
    assert_eq!(stage.stack.daemon.restarts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn mcp_calls_under_way_end_with_an_error_when_the_module_fails_and_relays_go_on() {
    let (stage, _directory) = failing_bench().await;
    stage.set_settings(&json!({"mcp": "on", "public_url": "https://dify.example/e/x"}));
    assert_succeeded(&called(&stage, "alice", "before").await, "before");
    stage
        .control()
        .set_event_interval(Duration::from_millis(300));
    let token = stage.token("carol");
    let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
    let relayed = stage.post(&token, "/chat-messages", &chat);
    let calls = join(called(&stage, "alice", "a"), called(&stage, "bob", "b"));
    let chats = || {
        let requests = stage.control().requests().into_iter();
        requests
            .filter(|seen| seen.path == "/v1/chat-messages")
            .count()
    };
    let failing = async {
        eventually("all three are under way", || chats() == 4).await;
        fail(&stage, &token, TRAP).await;
    };
    let ((alice, bob), relayed, ()) = tokio::join!(calls, relayed, failing);
    assert_lost(&alice, "a");
    assert_lost(&bob, "b");
    let last = events(relayed.body.as_ref()).pop().unwrap();
    assert_eq!(last["event"], "workflow_finished");
    assert_succeeded(&called(&stage, "alice", "after").await, "after");
    assert_eq!(stage.stack.daemon.restarts(), 0);
}
