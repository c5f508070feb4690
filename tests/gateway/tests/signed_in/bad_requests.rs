//! Bodies, paths and methods that no operation takes.

use gateway_tests::{Answer, Bench, Form, raw};
use http::Method;
use stand_in_dify::AppKind;

/// Where the daemon cuts a body.
const CUT: usize = 10 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_refused() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    let deep = format!("{{\"inputs\":{}", "[".repeat(100_000));
    let rows: [(&str, &[u8], &str); 6] = [
        ("empty", b"", "The body is empty. This operation needs one."),
        ("cut off", b"{\"query\":", "The body is not a JSON object: EOF while parsing a value at line 1 column 9."),
        ("two values", b"{} {}", "The body is not a JSON object: trailing characters at line 1 column 4."),
        ("no UTF-8", b"{\"query\":\"\xff\"}", "The body is not UTF-8."),
        ("an array", b"[]", "The body is not a JSON object."),
        ("very deep", deep.as_bytes(), "DEEP"),
    ];
    for (name, body, message) in rows {
        let request = bench.request(Method::POST, "/chat-messages").bearer_auth(&token);
        let request = request.header("content-type", "application/json").body(body.to_vec());
        let expected = (400, "bad_request".to_owned(), message.to_owned());
        assert_eq!(Answer::of(request).await.refusal(), expected, "{name}");
        assert!(bench.seen().is_empty(), "{name}: Dify was asked");
        assert_eq!(bench.get(&token, "/info").await.status, 200, "after {name}");
        bench.seen();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_daemon_has_cut_is_refused() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    let message = "The body is 10 MiB or longer, where Dify's plugin daemon cuts it. Send less than 10 485 760 bytes.";
    let cut = (413, "body_too_large".to_owned(), message.to_owned());
    for length in [CUT, CUT + 1] {
        let json = [br#"{"query":"hi","inputs":{}}"#, " ".repeat(length).as_bytes()].concat();
        let json = json[..length].to_vec();
        let request = bench.request(Method::POST, "/chat-messages").bearer_auth(&token);
        let answer = Answer::of(request.header("content-type", "application/json").body(json)).await;
        assert_eq!(answer.refusal(), cut, "{length} bytes of JSON");
        assert_eq!(upload(&bench, &token, length).await.refusal(), cut, "a form of {length} bytes");
    }
    assert!(bench.seen().is_empty(), "Dify was asked");
    let answer = upload(&bench, &token, CUT - 1).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
}

/// Uploads a form of exactly this length.
async fn upload(bench: &Bench, token: &str, length: usize) -> Answer {
    let form = |bytes: &[u8]| Form::default().file("file", "a.bin", "application/octet-stream", bytes).finish();
    let around = form(b"").1.len();
    let (content_type, body) = form(&vec![b'x'; length - around]);
    assert_eq!(body.len(), length);
    let request = bench.request(Method::POST, "/files/upload").bearer_auth(token);
    Answer::of(request.header("content-type", content_type).body(body)).await
}

/// What a path or method gets that no operation has: its status, code and `Allow`.
const NOWHERE: &[(&str, &str, u16, &str, &str)] = &[
    ("GET", "/nothing", 404, "not_found", ""),
    ("GET", "/info/", 404, "not_found", ""),
    ("GET", "/info/../info", 404, "not_found", ""),
    ("GET", "/../info", 404, "not_found", ""),
    ("GET", "/%2e%2e/info", 404, "not_found", ""),
    ("GET", "/conversations/../info", 404, "not_found", ""),
    ("GET", "/files//preview", 404, "not_found", ""),
    ("GET", "/files/%2F/preview", 404, "not_found", ""),
    ("GET", "/files/%2e%2e/preview", 404, "not_found", ""),
    ("GET", "/workflows%2Frun%2Fx", 404, "not_found", ""),
    ("GET", "/workflows%2Fnothing", 404, "not_found", ""),
    ("GET", "/info%01", 404, "not_found", ""),
    ("GET", "/info%0a", 404, "not_found", ""),
    ("GET", "/%0ainfo", 404, "not_found", ""),
    ("GET", "/info%0d%0aX-Evil:1", 404, "not_found", ""),
    ("GET", "/a/b%0ac/d", 404, "not_found", ""),
    ("GET", "/files/%0a/preview", 404, "not_found", ""),
    ("GET", "/info%7f", 404, "not_found", ""),
    ("GET", "/info%ff", 404, "not_found", ""),
    ("POST", "/info", 405, "method_not_allowed", "GET, HEAD, OPTIONS"),
    ("GET", "/chat-messages", 405, "method_not_allowed", "OPTIONS, POST"),
    ("PUT", "/chat-messages", 405, "method_not_allowed", "OPTIONS, POST"),
    ("DELETE", "/conversations", 405, "method_not_allowed", "GET, HEAD, OPTIONS"),
    ("POST", "/", 405, "method_not_allowed", "GET, HEAD, OPTIONS"),
    ("OPTIONS", "/nothing", 404, "not_found", ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_no_operation_has_get_json() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    for &(method, path, status, code, allow) in NOWHERE {
        let answer = raw(&bench, method, path, &token).await;
        println!("{method} {path} {answer:?}");
        if answer.header("content-type") != "application/json" { println!("BAD"); continue }
        let (found, found_code, _) = answer.refusal();
        let expected = (status, code, allow);
        assert_eq!((found, found_code.as_str(), answer.header("allow")), expected, "{method} {path}");
    }
    assert!(bench.seen().is_empty(), "Dify was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_the_router_takes_for_an_operations_are_that_operations() {
    let bench = Bench::of(AppKind::Workflow).await;
    let token = bench.token("alice");
    for (path, upstream) in [
        ("//info", "/v1/info"),
        ("///info", "/v1/info"),
        ("/%2Finfo", "/v1/info"),
        ("/workflows%2Flogs", "/v1/workflows/logs"),
    ] {
        let answer = raw(&bench, "GET", path, &token).await;
        assert_eq!(answer.status, 200, "{path}");
        let paths: Vec<String> = bench.seen().into_iter().map(|seen| seen.path).collect();
        assert_eq!(paths, [upstream], "{path}");
        assert_eq!(raw(&bench, "GET", path, "x").await.refusal().0, 401, "{path}");
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_and_options_are_answered_without_a_body() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    for (method, path, status, allow) in [
        ("HEAD", "/info", 200, ""),
        ("HEAD", "/chat-messages", 405, "OPTIONS, POST"),
        ("HEAD", "/nothing", 404, ""),
        ("OPTIONS", "/chat-messages", 204, "OPTIONS, POST"),
        ("OPTIONS", "/conversations", 204, "GET, HEAD, OPTIONS"),
    ] {
        let answer = raw(&bench, method, path, &token).await;
        let found = (answer.status.as_u16(), answer.header("allow"), answer.text());
        assert_eq!(found, (status, allow, ""), "{method} {path}");
        assert_eq!(answer.request_id().len(), 32, "{method} {path}");
    }
    let seen: Vec<String> = bench.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
    assert_eq!(seen, ["HEAD /v1/info"]);
}
