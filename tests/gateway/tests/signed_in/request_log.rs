//! The log has one line for each request, and neither it nor an answer has a secret.

use std::collections::BTreeMap;
use std::time::Duration;

use gateway_tests::{Stage, WholeResponse, checked};
use harness::Algorithm;
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
    let events = checked("log_lines.py", &written(&stage)).await;
    assert_eq!(
        events.trim(),
        "identity_provider_asked request token_judged"
    );
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
    for times in ["milliseconds", "started"] {
        assert!(line.remove(times).unwrap().is_u64(), "{name}");
    }
    let in_dify = line.remove("dify_milliseconds");
    assert_eq!(
        in_dify.is_some(),
        line.contains_key("dify_status"),
        "{name}"
    );
    line.remove("first_event_milliseconds");
    line.remove("detail");
    let mut expected = expected.as_object().unwrap().clone();
    expected.insert("event".to_owned(), json!("request"));
    let operation = expected["operation"].as_str().unwrap();
    let method = if operation.starts_with("post_") {
        "POST"
    } else {
        "GET"
    };
    let verdict = match (expected.get("code"), expected["status"].as_u64()) {
        (None, _) => "allowed",
        (Some(_), Some(500..)) => "failed",
        (Some(_), _) => "refused",
    };
    expected.insert("method".to_owned(), json!(method));
    expected.insert("verdict".to_owned(), json!(verdict));
    expected.insert("endpoint".to_owned(), json!(harness::ENDPOINT_ID));
    if let Some(user) = expected.get_mut("user") {
        *user = line["user"].clone();
        assert_eq!(user.as_str().map(str::len), Some(16), "{name}");
        expected.insert("issuer".to_owned(), json!(stage.issuer().issuer()));
    }
    assert_eq!(line, expected, "{name}");
}

/// The plugin's own lines, as they are in the daemon's log, without the SDK's.
fn written(stage: &Stage) -> String {
    let lines = stage.stack.daemon.log_lines().into_iter();
    let own = lines.filter(|line| matches!(line.source, LogSource::Event { .. }));
    // The SDK says once which endpoints it has found.
    let own = own.filter(|line| !line.text.starts_with("Installed "));
    let texts: Vec<String> = own.map(|line| line.text).collect();
    assert!(
        texts.iter().all(|text| !text.contains(['\n', '\r'])),
        "{texts:?}"
    );
    texts.join("\n")
}

/// A line that somebody would like to see in the log.
const FORGED: &str = r#"","event":"request","user":"root","verdict":"allowed"}"#;

#[tokio::test(flavor = "multi_thread")]
async fn nothing_that_a_client_sends_breaks_a_line_or_forges_one() {
    let stage = Stage::with(AppKind::Chatflow, |options| {
        let settings = json!({"log_level": "debug", "required_claims": "groups=staff"});
        options.settings = settings.as_object().unwrap().clone();
    })
    .await;
    let hostile = format!("a\r\n{{\"event\":\"x{FORGED}\u{2028}\u{0}\u{1b}[31m");
    let encoded: String = url::form_urlencoded::byte_serialize(hostile.as_bytes()).collect();
    let issuer = stage.issuer();
    let token = |member: &str, value: Value| {
        let mut claims = issuer.claims("alice");
        claims[member] = value;
        issuer.token(Algorithm::Es256, &claims)
    };
    let mut answers = Vec::new();
    for path in [
        format!("/{encoded}"),
        format!("/messages/{encoded}/suggested"),
        format!("/info?user={encoded}"),
        format!("/{}", "a%22".repeat(2000)),
    ] {
        answers.push(stage.get(&stage.token("alice"), &path).await);
    }
    for (member, value) in [
        ("iss", json!(hostile)),
        ("aud", json!(hostile)),
        ("sub", json!(hostile)),
        ("groups", json!([hostile])),
        ("exp", json!(hostile)),
        ("typ", json!(hostile)),
    ] {
        answers.push(stage.get(&token(member, value), "/info").await);
    }
    for (name, value) in [
        ("authorization", FORGED.to_owned()),
        ("authorization", format!("Bearer {FORGED}")),
        ("traceparent", format!("00-{FORGED}-b7ad6b7169203331-01")),
        ("tracestate", FORGED.to_owned()),
        ("user-agent", FORGED.to_owned()),
        ("cookie", FORGED.to_owned()),
        ("x-trace-id", FORGED.to_owned()),
    ] {
        let request = stage.request(Method::GET, "/info").header(name, value);
        answers.push(WholeResponse::of(request).await);
    }
    let lines = request_lines(&stage, answers.len()).await;
    let ids = |of: Vec<&str>| {
        of.into_iter()
            .map(str::to_owned)
            .collect::<std::collections::BTreeSet<_>>()
    };
    assert_eq!(
        ids(lines
            .iter()
            .map(|line| line["request_id"].as_str().unwrap())
            .collect()),
        ids(answers.iter().map(WholeResponse::request_id).collect())
    );
    assert_eq!(lines.len(), answers.len());
    assert!(
        lines
            .iter()
            .all(|line| line.get("user") != Some(&json!("root")))
    );
    checked("log_lines.py", &written(&stage)).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_trace_goes_on_to_dify_and_is_named_and_a_broken_one_is_dropped() {
    const TRACE: &str = "0af7651916cd43dd8448eb211c80319c";
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let parent = format!("00-{TRACE}-b7ad6b7169203331-01");
    for (parent, state, kept, state_kept) in [
        (parent.as_str(), "vendor=1", true, true),
        (parent.as_str(), "Vendor=1", true, false),
        (&parent.replacen("00", "0", 1), "vendor=1", false, false),
    ] {
        stage.seen();
        let request = stage.request(Method::GET, "/info").bearer_auth(&token);
        let request = request
            .header("traceparent", parent)
            .header("tracestate", state);
        let answer = WholeResponse::of(request).await;
        let seen = stage.seen();
        let field = |name: &str| {
            let value = seen.last().unwrap().headers.get(name);
            value.map(|value| value.to_str().unwrap().to_owned())
        };
        assert_eq!(field("traceparent").as_deref(), kept.then_some(parent));
        assert_eq!(field("tracestate").as_deref(), state_kept.then_some(state));
        assert_eq!(field("x-request-id").as_deref(), Some(answer.request_id()));
        let lines = request_lines(&stage, 1).await;
        let line = lines
            .iter()
            .find(|line| line["request_id"] == answer.request_id());
        let named = line.unwrap().get("trace_id").and_then(Value::as_str);
        assert_eq!(named, kept.then_some(TRACE));
        stage.stack.daemon.forget_log_lines();
    }
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
