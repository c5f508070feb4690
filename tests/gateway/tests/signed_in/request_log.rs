//! The log has one line for each request, and neither it nor an answer has a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use gateway_tests::{Stage, WholeResponse};
use http::Method;
use serde_json::{Map, Value, json};
use stand_in_daemon::LogSource;
use stand_in_dify::{AppKind, Fault};

const CLIENT_SECRET: &str = "the-secret-of-the-client";
const OPAQUE: &str = "an-opaque-access-token";

/// A request's name, its answer, and the members of its line that differ from request to request.
type Row = (&'static str, WholeResponse, Value);

#[tokio::test(flavor = "multi_thread")]
async fn each_request_leaves_one_line_and_no_secret() {
    let settings = json!({"client_secret": CLIENT_SECRET, "log_level": "debug"});
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.settings = settings.as_object().unwrap().clone();
    })
    .await;
    let token = stage.token("alice");
    let rows = requests(&stage, &token).await;
    let lines = request_lines(&stage, rows.len()).await;
    let mut users = BTreeMap::new();
    for (name, answer, expected) in &rows {
        let id = answer.request_id();
        let of_request = lines.iter().filter(|line| line["request_id"] == id);
        let [line] = of_request.collect::<Vec<_>>()[..] else {
            panic!("{name}: not one line with {id} in {lines:?}");
        };
        assert_line(&stage, line, expected, name);
        if let Some(user) = expected["user"].as_str() {
            let known = users.entry(user).or_insert_with(|| line["user"].clone());
            assert_eq!(line["user"], *known, "{name}");
        }
    }
    assert_ne!(users["alice"], users["bob"]);
    assert_eq!(lines.len(), rows.len());
    assert_no_secret(&stage, &rows, &token);
}

async fn requests(stage: &Stage, token: &str) -> Vec<Row> {
    let chat = |mode: &str| json!({"query": "hi", "response_mode": mode, "inputs": {}});
    let path = "/chat-messages";
    let other_end = if token.ends_with('A') { 'Q' } else { 'A' };
    let mut forged = token.to_owned();
    forged.pop();
    forged.push(other_end);
    let mut rows = vec![
        (
            "blocking",
            stage.post(token, path, &chat("blocking")).await,
            json!({"operation": "post_chat_messages", "status": 200, "dify_status": 200, "user": "alice"}),
        ),
        (
            "streaming",
            stage.post(token, path, &chat("streaming")).await,
            json!({"operation": "post_chat_messages", "status": 200, "dify_status": 200, "user": "alice"}),
        ),
        (
            "another user",
            stage.get(&stage.token("bob"), "/conversations").await,
            json!({"operation": "get_conversations", "status": 200, "dify_status": 200, "user": "bob"}),
        ),
        (
            "no token",
            WholeResponse::of(stage.request(Method::GET, "/info")).await,
            json!({"operation": "get_info", "status": 401, "code": "token_missing"}),
        ),
        (
            "no operation",
            stage.get(token, "/nothing").await,
            json!({"operation": "fallback", "status": 404, "code": "not_found"}),
        ),
        (
            "forged",
            stage.get(&forged, "/info").await,
            json!({"operation": "get_info", "status": 401, "code": "token_signature_invalid"}),
        ),
        (
            "not admitted",
            stage.get(token, "/app/feedbacks").await,
            json!({"operation": "get_app_feedbacks", "status": 403, "code": "admin_required", "user": "alice"}),
        ),
        (
            "opaque",
            stage.get(OPAQUE, "/info").await,
            json!({"operation": "get_info", "status": 503, "code": "identity_provider_invalid"}),
        ),
    ];
    stage.control().set_fault_once(path, Fault::CutBody(300));
    rows.push(("cut", stage.post(token, path, &chat("streaming")).await, json!({"operation": "post_chat_messages", "status": 200, "dify_status": 200, "user": "alice", "end": "broken"})));
    stage.control().set_key_revoked(AppKind::Chatflow, true);
    rows.push(("refused key", stage.get(token, "/info").await, json!({"operation": "get_info", "status": 502, "code": "app_key_rejected", "dify_status": 401, "user": "alice"})));
    rows
}

/// The lines about requests, once there are as many as expected: the plugin writes several at a time.
async fn request_lines(stage: &Stage, expected: usize) -> Vec<Map<String, Value>> {
    for _ in 0..100 {
        let lines: Vec<Map<String, Value>> = stage
            .stack
            .daemon
            .log_lines()
            .into_iter()
            .filter(|line| matches!(line.source, LogSource::Event { .. }))
            .filter_map(|line| serde_json::from_str(&line.text).ok())
            .filter(|line: &Map<String, Value>| line["event"] == "request")
            .collect();
        if lines.len() >= expected {
            return lines;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("{:?}", stage.stack.daemon.log_lines());
}

fn assert_line(stage: &Stage, line: &Map<String, Value>, expected: &Value, name: &str) {
    let mut line = line.clone();
    line.remove("request_id");
    assert!(line.remove("milliseconds").unwrap().is_u64(), "{name}");
    line.remove("detail");
    let mut expected = expected.as_object().unwrap().clone();
    expected.insert("event".to_owned(), json!("request"));
    expected.insert("endpoint".to_owned(), json!(harness::ENDPOINT_ID));
    if let Some(user) = expected.get_mut("user") {
        *user = line["user"].clone();
        assert_eq!(user.as_str().map(str::len), Some(16), "{name}");
        expected.insert("issuer".to_owned(), json!(stage.issuer().issuer()));
    }
    assert_eq!(line, expected, "{name}");
}

fn assert_no_secret(stage: &Stage, rows: &[Row], token: &str) {
    let app_key = AppKind::Chatflow.key();
    let mut secrets = vec![app_key.as_str(), CLIENT_SECRET, OPAQUE, token];
    secrets.extend(token.split('.'));
    let log = stage.stack.daemon.log_lines();
    let log = log.iter().map(|line| line.text.clone());
    let answers = rows
        .iter()
        .map(|(_, answer, _)| format!("{:?} {}", answer.headers, answer.text()));
    for text in log.chain(answers) {
        for secret in &secrets {
            assert!(!text.contains(secret), "{secret} in {text}");
        }
    }
}
