//! Bodies, paths and methods that no operation takes.

use gateway_tests::{Answer, Bench, Form, raw};
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

/// Where the daemon cuts a body.
const CUT: usize = 10 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_no_json_object_is_refused() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    let deep = format!("{{\"inputs\":{}", "[".repeat(100_000));
    let rows: [(&str, &[u8], &str); 6] = [
        ("empty", b"", "x"),
        ("cut off", b"{\"query\":", "x"),
        ("two values", b"{} {}", "x"),
        ("no UTF-8", b"{\"query\":\"\xff\"}", "x"),
        ("an array", b"[]", "x"),
        ("very deep", deep.as_bytes(), "x"),
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
        let json = format!("{:>length$}", r#"{"query":"hi","inputs":{}}"#);
        assert_eq!(json.len(), length);
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

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_no_operation_has_get_json() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    let rows = [
        ("GET", "/nothing", ""),
        ("GET", "/info/", ""),
        ("GET", "/info/../info", ""),
        ("GET", "/../info", ""),
        ("GET", "/conversations/../info", ""),
        ("GET", "/%2e%2e/info", ""),
        ("GET", "/files//preview", ""),
        ("GET", "/files/%2F/preview", ""),
        ("GET", "/inf%00o", ""),
        ("GET", "/info%0d%0aX-Evil:1", ""),
        ("GET", "/info%01", ""),
        ("GET", "/workflows%2Frun%2Fx", ""),
        ("GET", "//info", ""),
        ("GET", "///info", ""),
        ("GET", "/%2Finfo", ""),
        ("GET", "/workflows%2Flogs", ""),
        ("POST", "/info", ""),
        ("GET", "/chat-messages", ""),
        ("PUT", "/chat-messages", ""),
        ("DELETE", "/conversations", ""),
        ("HEAD", "/info", ""),
        ("HEAD", "/chat-messages", ""),
        ("HEAD", "/nothing", ""),
        ("OPTIONS", "/chat-messages", ""),
        ("OPTIONS", "/conversations", ""),
        ("OPTIONS", "/nothing", ""),
        ("GET", "/", ""),
        ("POST", "/", ""),
    ];
    for (method, path, _expected) in rows {
        let answer = raw(&bench, method, path, &token).await;
        let seen: Vec<String> = bench.seen().into_iter().map(|seen| format!("{} {}", seen.method, seen.path)).collect();
        println!("{method} {path}: {} {:?} {} {seen:?}", answer.status, answer.headers, String::from_utf8_lossy(&answer.body));
    }
    let _ = json!(1);
}
