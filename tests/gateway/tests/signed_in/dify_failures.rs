//! Dify down, slow, cutting or talking nonsense: the client learns that from the gateway, and the next request works.

use std::time::Duration;

use gateway_tests::{Answer, Bench};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

const PATH: &str = "/chat-messages";

fn chat(response_mode: &str) -> Value {
    json!({"query": "hi", "response_mode": response_mode, "inputs": {}})
}

fn instead(status: u16, headers: &[(&str, &str)], body: &str) -> Fault {
    let owned = |(name, value): &(&str, &str)| ((*name).to_owned(), (*value).to_owned());
    Fault::Answer { status, headers: headers.iter().map(owned).collect(), body: body.as_bytes().to_vec() }
}

#[tokio::test(flavor = "multi_thread")]
async fn what_is_no_answer_of_dify_is_told_as_such() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let token = bench.token("alice");
    let control = bench.control();
    let html = ("content-type", "text/html; charset=utf-8");
    let page = "<html>Bad Gateway</html>";
    let invalid = "What Dify answered is no HTTP answer of its API.";
    let rows: [(&str, Fault, u16, &str, &str); 9] = [
        ("closed", Fault::CloseBeforeHead, 502, "dify_unavailable", "Dify could not be reached."),
        ("garbage", Fault::Garbage(b"\x00\x01garbage\r\n\r\n".to_vec()), 502, "dify_answer_invalid", invalid),
        ("huge headers", Fault::HugeHeaders(1024 * 1024), 502, "dify_answer_invalid", invalid),
        ("502 page", instead(502, &[html], page), 502, "dify_unavailable", "Dify, or a proxy before it, answered with status 502 and no JSON."),
        ("503 page", instead(503, &[html], page), 502, "dify_unavailable", "Dify, or a proxy before it, answered with status 503 and no JSON."),
        ("504 page", instead(504, &[html], page), 502, "dify_unavailable", "Dify, or a proxy before it, answered with status 504 and no JSON."),
        ("200 page", instead(200, &[html], page), 502, "dify_answer_invalid", "x"),
        ("redirect", instead(302, &[("location", "https://elsewhere.example/")], ""), 502, "dify_answer_invalid", "x"),
        ("compressed", instead(200, &[("content-type", "application/json"), ("content-encoding", "gzip")], "x"), 502, "dify_answer_invalid", "x"),
    ];
    for (name, fault, status, code, message) in rows {
        for mode in ["blocking", "streaming"] {
            control.set_fault_once(PATH, fault.clone());
            let answer = bench.post(&token, PATH, &chat(mode)).await;
            let expected = (status, code.to_owned(), message.to_owned());
            assert_eq!(answer.refusal(), expected, "{name}, {mode}");
            assert_eq!(answer.header("www-authenticate"), "", "{name}");
            let next = bench.post(&token, PATH, &chat(mode)).await;
            assert_eq!(next.status, 200, "after {name}, {mode}");
        }
    }
}
