//! Bodies as Dify would read them, and those that it would answer with an error of its own making.

use gateway_tests::{Stage, WholeResponse};
use http::Method;
use reqwest::header::CONTENT_TYPE;
use serde_json::json;
use stand_in_dify::AppKind;

use crate::things::Things;

const NO_OBJECT: &str = "The body is not a JSON object.";
const EMPTY: &str = "The body is empty. This operation needs one.";

/// Content type (none for "") and body, and the refusal's status, code and message.
type Refused<'a> = (&'a str, &'a [u8], (u16, &'a str, &'a str));

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_dify_could_not_read_is_refused_in_words() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let cases: &[Refused] = &[
        ("application/json", b"", (400, "bad_request", EMPTY)),
        (
            "application/json",
            b"0\r\n\r\n",
            (400, "bad_request", EMPTY),
        ),
        ("application/json", b"[]", (400, "bad_request", NO_OBJECT)),
        ("application/json", b"null", (400, "bad_request", NO_OBJECT)),
        (
            "application/json",
            b"\"query\"",
            (400, "bad_request", NO_OBJECT),
        ),
        ("application/json", b"5", (400, "bad_request", NO_OBJECT)),
        (
            "application/json",
            b"\xff\xfe{\0}\0",
            (
                400,
                "bad_request",
                "The body is UTF-16 or UTF-32. Send JSON in UTF-8 (RFC 8259 §8.1).",
            ),
        ),
        (
            "application/json",
            b"{\"query\":\"\xe4\"}",
            (
                400,
                "bad_request",
                "The body is not UTF-8: found the byte 0xe4 at line 1 column 11. Send JSON in UTF-8 (RFC 8259 §8.1).",
            ),
        ),
        (
            "application/json",
            b"{",
            (
                400,
                "bad_request",
                "The body is not a JSON object that can be relayed: expected a name in double quotes or `}`, but found the end at line 1 column 2.",
            ),
        ),
        (
            "application/json",
            b"{\"query\":NaN}",
            (
                400,
                "bad_request",
                "The body is not a JSON object that can be relayed: expected a value, but found `N` at line 1 column 10.",
            ),
        ),
        (
            "application/json",
            b"{\"inputs\":[]}",
            (
                400,
                "invalid_param",
                "`inputs` is not a JSON object. Send an object, such as `{}`.",
            ),
        ),
        (
            "",
            b"{}",
            (
                415,
                "unsupported_media_type",
                "The content type is missing. This operation takes `application/json`.",
            ),
        ),
        (
            "text/json",
            b"{}",
            (
                415,
                "unsupported_media_type",
                "The content type is `text/json`. This operation takes `application/json`.",
            ),
        ),
        (
            "application/x-www-form-urlencoded",
            b"query=hi&user=bob",
            (
                415,
                "unsupported_media_type",
                "The content type is `application/x-www-form-urlencoded`. This operation takes `application/json`.",
            ),
        ),
    ];
    let alice = stage.token("alice");
    for (content_type, body, (status, code, message)) in cases {
        let request = stage
            .request(Method::POST, "/chat-messages")
            .bearer_auth(&alice)
            .body(body.to_vec());
        let answer = WholeResponse::of(match *content_type {
            "" => request,
            content_type => request.header(CONTENT_TYPE, content_type),
        });
        let case = format!("{content_type} {}", String::from_utf8_lossy(body));
        assert_eq!(
            answer.await.refusal(),
            (*status, code.to_string(), message.to_string()),
            "{case}"
        );
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn json_by_any_of_its_names_reaches_dify_with_every_number_as_it_was_written() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"input_claims": "none"}));
    let body = r#" {"query":"hi","inputs":{"n":1.10,"__oidc_email":"a","big":123456789012345678901234567890},
        "user":"mallory","x":[1E5,{"user":"kept"}],"us\u0065r":"mallory"} "#;
    let expected = r#"{"query":"hi","inputs":{"n":1.10,"big":123456789012345678901234567890},"x":[1E5,{"user":"kept"}],"user":"alice"}"#;
    let alice = stage.token("alice");
    for content_type in [
        "application/json",
        "APPLICATION/JSON; Charset=UTF-8",
        "application/vnd.api+json",
        "Application/X+JSON",
    ] {
        let request = stage
            .request(Method::POST, "/chat-messages")
            .bearer_auth(&alice);
        let answer = WholeResponse::of(request.header(CONTENT_TYPE, content_type).body(body)).await;
        assert_eq!(
            answer.status.as_u16(),
            200,
            "{content_type}: {}",
            answer.text()
        );
        assert_eq!(
            sent(&stage),
            ("application/json".to_owned(), expected.to_owned()),
            "{content_type}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn deleting_a_conversation_needs_no_body() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let alice = stage.token("alice");
    let bodies = [
        (None, ""),
        (Some("application/json"), ""),
        (Some("text/plain"), ""),
        (Some("application/json"), "{}"),
    ];
    for (content_type, body) in bodies {
        let target = Things::of(&stage, AppKind::Chatflow, "alice")
            .fill("/conversations/<conversation_id>")
            .await;
        stage.seen();
        let mut request = stage.request(Method::DELETE, &target).bearer_auth(&alice);
        if let Some(content_type) = content_type {
            request = request.header(CONTENT_TYPE, content_type).body(body);
        }
        let answer = WholeResponse::of(request).await;
        assert_eq!(
            (answer.status.as_u16(), answer.text()),
            (204, ""),
            "{content_type:?} {body}"
        );
        let expected = (
            "application/json".to_owned(),
            r#"{"user":"alice"}"#.to_owned(),
        );
        assert_eq!(sent(&stage), expected, "{content_type:?} {body}");
    }
}

/// Content type and body of the only request that Dify has seen.
fn sent(stage: &Stage) -> (String, String) {
    let seen = stage.seen();
    let [request] = seen.as_slice() else {
        panic!("{seen:?}")
    };
    let body = request.body.as_deref().unwrap();
    (
        request.headers["content-type"].to_str().unwrap().to_owned(),
        String::from_utf8(body.to_vec()).unwrap(),
    )
}

#[tokio::test(flavor = "multi_thread")]
async fn the_longest_request_line_that_dify_takes_has_the_callers_user_in_it() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let alice = stage.token("alice");
    let around = "GET /v1/conversations?x=&user=alice HTTP/1.1".len();
    let target = |line: usize| format!("/conversations?x={}", "x".repeat(line - around));
    let answer = stage.get(&alice, &target(4094)).await;
    assert_eq!(answer.status.as_u16(), 200, "{}", answer.text());
    stage.seen();
    let message = "The request line for Dify has 4095 bytes, with what the gateway adds. Dify takes at most 4094; shorten the query.";
    let refused = (400, "invalid_param".to_owned(), message.to_owned());
    assert_eq!(stage.get(&alice, &target(4095)).await.refusal(), refused);
    assert!(stage.seen().is_empty(), "Dify was asked");
}
