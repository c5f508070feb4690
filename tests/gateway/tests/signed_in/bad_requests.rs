//! Bodies, paths and methods that no operation takes.

use gateway_tests::{Form, Stage, WholeResponse, raw, raw_with};
use http::Method;
use stand_in_dify::AppKind;

/// Where the daemon cuts a body.
const CUT: usize = 10 * 1024 * 1024;

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_is_not_a_json_object_is_refused() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let deep = format!(
        "{{\"inputs\":{}{}}}",
        "[".repeat(100_000),
        "]".repeat(100_000)
    );
    let rows: [(&str, &[u8], &str); 6] = [
        ("empty", b"", "The body is empty. This operation needs one."),
        (
            "cut off",
            b"{\"query\":",
            "The body is not a JSON object that can be relayed: expected a value, but found the end at line 1 column 10.",
        ),
        (
            "two values",
            b"{} {}",
            "The body is not a JSON object that can be relayed: expected nothing after the object, but found `{` at line 1 column 4.",
        ),
        (
            "no UTF-8",
            b"{\"query\":\"\xff\"}",
            "The body is not UTF-8: found the byte 0xff at line 1 column 11. Send JSON in UTF-8 (RFC 8259 §8.1).",
        ),
        ("an array", b"[]", "The body is not a JSON object."),
        (
            "very deep",
            deep.as_bytes(),
            "The body is not a JSON object that can be relayed: expected at most 128 levels of objects and arrays, but found more at line 1 column 138.",
        ),
    ];
    for (name, body, message) in rows {
        let request = stage
            .request(Method::POST, "/chat-messages")
            .bearer_auth(&token);
        let request = request
            .header("content-type", "application/json")
            .body(body.to_vec());
        let expected = (400, "bad_request".to_owned(), message.to_owned());
        assert_eq!(
            WholeResponse::of(request).await.refusal(),
            expected,
            "{name}"
        );
        assert!(stage.seen().is_empty(), "{name}: Dify was asked");
        assert_eq!(stage.get(&token, "/info").await.status, 200, "after {name}");
        stage.seen();
    }
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_with_a_content_coding_is_refused_by_the_name_of_the_coding() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for (path, content_type) in [
        ("/chat-messages", "application/json"),
        ("/files/upload", "multipart/form-data; boundary=b"),
    ] {
        let request = stage.request(Method::POST, path).bearer_auth(&token);
        let request = request
            .header("content-type", content_type)
            .header("content-encoding", "gzip")
            .body(b"\x1f\x8b\x08\x00".to_vec());
        let message = "The `Content-Encoding` of the body is `gzip`. Neither the gateway nor Dify decodes a body. Send \
                       it without a content coding.";
        assert_eq!(
            WholeResponse::of(request).await.refusal(),
            (415, "unsupported_media_type".to_owned(), message.to_owned()),
            "{path}"
        );
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_body_that_the_daemon_has_cut_is_refused() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    let message =
        "The body is so long that Dify's plugin daemon cuts it. Send fewer than 10485760 bytes.";
    let cut = (413, "body_too_large".to_owned(), message.to_owned());
    for length in [CUT, CUT + 1] {
        let json = [
            br#"{"query":"hi","inputs":{}}"#,
            " ".repeat(length).as_bytes(),
        ]
        .concat();
        let json = json[..length].to_vec();
        let request = stage
            .request(Method::POST, "/chat-messages")
            .bearer_auth(&token);
        let answer = WholeResponse::of(
            request
                .header("content-type", "application/json")
                .body(json),
        )
        .await;
        assert_eq!(answer.refusal(), cut, "{length} bytes of JSON");
        assert_eq!(
            upload(&stage, &token, length).await.refusal(),
            cut,
            "a form of {length} bytes"
        );
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
    let answer = upload(&stage, &token, CUT - 1).await;
    assert_eq!(answer.status, 201, "{}", answer.text());
    stage.assert_unharmed();
}

/// Uploads a form of exactly this length.
async fn upload(stage: &Stage, token: &str, length: usize) -> WholeResponse {
    let form = |bytes: &[u8]| {
        Form::default()
            .file("file", "a.bin", "application/octet-stream", bytes)
            .finish()
    };
    let around = form(b"").1.len();
    let (content_type, body) = form(&vec![b'x'; length - around]);
    assert_eq!(body.len(), length);
    let request = stage
        .request(Method::POST, "/files/upload")
        .bearer_auth(token);
    WholeResponse::of(request.header("content-type", content_type).body(body)).await
}

/// Why a path and method have no operation.
enum Why {
    /// It takes these.
    Methods(&'static str),
    /// Nothing is there; the path as it is shown, without control characters.
    Nothing(&'static str),
    /// This variable of the path is not a UUID.
    NoUuid(&'static str),
}

impl Why {
    /// Status, code, message and `Allow`.
    fn refusal(&self, method: &str) -> (u16, &'static str, String, &'static str) {
        match *self {
            Self::Methods(allow) => (
                405,
                "method_not_allowed",
                format!("This path takes {allow}, not {method}."),
                allow,
            ),
            Self::Nothing(shown) => (
                404,
                "not_found",
                format!("This endpoint has no operation at the path `{shown}`."),
                "",
            ),
            Self::NoUuid(name) => (
                404,
                "not_found",
                format!(
                    "The `{name}` of the path is not a UUID such as `1e43fa4c-9b1a-430a-b494-ac22222409ae`."
                ),
                "",
            ),
        }
    }
}

const NOWHERE: &[(&str, &str, Why)] = &[
    ("GET", "/nothing", Why::Nothing("/nothing")),
    ("OPTIONS", "/nothing", Why::Nothing("/nothing")),
    ("GET", "/info//", Why::Nothing("/info//")),
    ("GET", "/v1/v1/info", Why::Nothing("/v1/v1/info")),
    ("GET", "/v1//info", Why::Nothing("/v1//info")),
    ("GET", "/v2/info", Why::Nothing("/v2/info")),
    ("GET", "/v1/files/x/preview", Why::NoUuid("file_id")),
    ("GET", "/info/../info", Why::Nothing("/info/../info")),
    ("GET", "/../info", Why::Nothing("/../info")),
    ("GET", "/%2e%2e/info", Why::Nothing("/../info")),
    (
        "GET",
        "/conversations/../info",
        Why::Nothing("/conversations/../info"),
    ),
    ("GET", "/files//preview", Why::Nothing("/files//preview")),
    (
        "GET",
        "/files/%2F/preview",
        Why::Nothing("/files///preview"),
    ),
    ("GET", "/files/%2e%2e/preview", Why::NoUuid("file_id")),
    ("GET", "/files/%0a/preview", Why::NoUuid("file_id")),
    (
        "GET",
        "/workflows%2Frun%2Fx",
        Why::NoUuid("workflow_run_id"),
    ),
    (
        "GET",
        "/workflows%2Fnothing",
        Why::Nothing("/workflows/nothing"),
    ),
    ("GET", "/info%01", Why::Nothing("/info")),
    ("GET", "/info%7f", Why::Nothing("/info")),
    ("GET", "/info%00", Why::Nothing("/info")),
    ("GET", "/%00info", Why::Nothing("/info")),
    ("GET", "/info%0b", Why::Nothing("/info")),
    ("GET", "/info%ff", Why::Nothing("/info\u{fffd}")),
    ("GET", "/files/%ff/preview", Why::NoUuid("file_id")),
    ("GET", "/files/%00/preview", Why::NoUuid("file_id")),
    ("GET", "/info%0a", Why::Nothing("/info")),
    ("GET", "/%0ainfo", Why::Nothing("/info")),
    ("GET", "/a/b%0ac/d", Why::Nothing("/a/bc/d")),
    ("GET", "/info%0d%0aX-Evil:1", Why::Nothing("/infoX-Evil:1")),
    ("POST", "/info", Why::Methods("GET, HEAD, OPTIONS")),
    ("POST", "/v1/info", Why::Methods("GET, HEAD, OPTIONS")),
    ("GET", "/v1/chat-messages/", Why::Methods("OPTIONS, POST")),
    ("GET", "/chat-messages", Why::Methods("OPTIONS, POST")),
    ("PUT", "/chat-messages", Why::Methods("OPTIONS, POST")),
    (
        "DELETE",
        "/conversations",
        Why::Methods("GET, HEAD, OPTIONS"),
    ),
    ("POST", "/", Why::Methods("GET, HEAD, OPTIONS")),
];

#[tokio::test(flavor = "multi_thread")]
async fn paths_and_methods_that_no_operation_has_get_json() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for (method, path, why) in NOWHERE {
        let answer = raw(&stage, method, path, &token).await;
        let (status, code, message) = answer.refusal();
        let found = (status, code.as_str(), message, answer.header("allow"));
        assert_eq!(found, why.refusal(method), "{method} {path}");
    }
    assert!(stage.seen().is_empty(), "Dify was asked");
    stage.assert_unharmed();
}

/// Head lines that the daemon lets through and the SDK cannot read, and what the gateway answers to `GET /info`.
const ODD_HEADS: &[(&[u8], u16, &str)] = &[
    (b"X_Name: 1\r\n", 200, ""),
    (b"X-Name: \xff\r\n", 200, ""),
    (b"Accept: \xe9\r\n", 200, ""),
    (b"X-Trace-Id: \xe6\xbc\xa2\r\n", 200, ""),
    (b"Content-Type: a/b\r\nContent-Type: c/d\r\n", 200, ""),
    (b"Connection: Upgrade\r\nUpgrade: websocket\r\n", 200, ""),
    (b"X-Original-Host: x:99999\r\n", 200, ""),
    (b"X-Original-Host: [::1\r\n", 200, ""),
    (b"X-Original-Host: \xff\r\n", 200, ""),
    (
        b"Authorization: Bearer \xff\r\n",
        400,
        "authorization_malformed",
    ),
    (b"Author_ization: Bearer x\r\n", 200, ""),
];

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_the_sdk_cannot_read_gets_the_gateways_own_answer() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = format!("Authorization: Bearer {}\r\n", stage.token("alice"));
    for (lines, status, code) in ODD_HEADS {
        let case = String::from_utf8_lossy(lines);
        let answer = raw_with(&stage, "GET", "/info", &[token.as_bytes(), lines].concat()).await;
        answer.assert_has_request_id();
        assert_eq!(answer.status, *status, "{case}");
        if !code.is_empty() {
            assert_eq!(answer.refusal().1, *code, "{case}");
        }
    }
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn paths_that_the_router_takes_for_an_operations_are_that_operations() {
    let stage = Stage::of(AppKind::Workflow).await;
    let token = stage.token("alice");
    for (path, upstream) in [
        ("//info", "/v1/info"),
        ("/info/", "/v1/info"),
        ("/v1/info", "/v1/info"),
        ("/v1/info/", "/v1/info"),
        ("/v1/workflows/logs", "/v1/workflows/logs"),
        ("///info", "/v1/info"),
        ("/%2Finfo", "/v1/info"),
        ("/workflows%2Flogs", "/v1/workflows/logs"),
    ] {
        let answer = raw(&stage, "GET", path, &token).await;
        assert_eq!(answer.status, 200, "{path}");
        let paths: Vec<String> = stage.seen().into_iter().map(|seen| seen.path).collect();
        assert_eq!(paths, [upstream], "{path}");
        assert_eq!(
            raw(&stage, "GET", path, "x").await.refusal().0,
            401,
            "{path}"
        );
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn head_and_options_are_answered_without_a_body() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let token = stage.token("alice");
    for (method, path, status, allow) in [
        ("HEAD", "/info", 200, ""),
        ("HEAD", "/v1/info", 200, ""),
        ("OPTIONS", "/v1/chat-messages", 204, "OPTIONS, POST"),
        ("HEAD", "/chat-messages", 405, "OPTIONS, POST"),
        ("HEAD", "/nothing", 404, ""),
        ("OPTIONS", "/chat-messages", 204, "OPTIONS, POST"),
        ("OPTIONS", "/conversations", 204, "GET, HEAD, OPTIONS"),
    ] {
        let answer = raw(&stage, method, path, &token).await;
        let found = (
            answer.status.as_u16(),
            answer.header("allow"),
            answer.text(),
        );
        assert_eq!(found, (status, allow, ""), "{method} {path}");
        assert_eq!(answer.request_id().len(), 32, "{method} {path}");
    }
    let seen: Vec<String> = stage
        .seen()
        .into_iter()
        .map(|seen| format!("{} {}", seen.method, seen.path))
        .collect();
    assert_eq!(seen, ["HEAD /v1/info", "HEAD /v1/info"]);
}
