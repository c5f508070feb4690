use serde_json::json;

use super::{Event, SessionMessage, request_line};

#[test]
fn the_recorded_line_of_the_real_daemon() {
    let raw = "GET /v1/info?a=1&a=0&b=2&c= HTTP/1.1\r\nHost: 127.0.0.1:5099\r\nUser-Agent: curl/7.88.1\r\nAccept: */*\r\n\
        Authorization: Bearer T\r\nDify-Hook-Id: abcdefghijklmnop\r\n\
        Dify-Hook-Url: https://127.0.0.1:5099/e/abcdefghijklmnop/v1/info\r\nX-Dup: 1\r\nX-Dup: 2\r\nX-Forwarded-Proto: https\r\n\r\n";
    let settings = json!({"issuer": "https://idp.example.com", "enabled": true});
    let line = request_line(
        "0f0e0d0c-0b0a-4908-8706-050403020100",
        "6f1d2c3b-0000-4000-8000-000000000001",
        raw.as_bytes(),
        &settings,
    );
    let expected = include_str!("../../fixtures/stdin-line.json").trim_end();
    assert_eq!(String::from_utf8(line).unwrap(), expected);
}

#[test]
fn settings_are_escaped_as_go_escapes_them() {
    let line = String::from_utf8(request_line(
        "s",
        "e",
        b"",
        &json!({"b": null, "a": "x&<y>"}),
    ))
    .unwrap();
    assert!(
        line.contains(r#""settings":{"a":"x\u0026\u003cy\u003e","b":null}"#),
        "{line}"
    );
}

#[test]
fn lines_of_the_plugin_are_understood() {
    let rows = [
        (
            r#"{"event":"heartbeat","session_id":null,"data":{}}"#,
            "Heartbeat",
        ),
        (
            r#"{"event":"error","session_id":null,"data":{"error":"x"}}"#,
            "Error",
        ),
        (
            r#"{"event":"log","data":{"level":"INFO","message":"m","timestamp":1.5}}"#,
            r#"Log { level: "INFO", message: "m" }"#,
        ),
        (r#"{"event":"news","data":1}"#, "Other"),
        (
            r#"{"event":"session","session_id":"s","data":{"type":"end","data":{}}}"#,
            r#"Session { session_id: "s", message: End }"#,
        ),
        (
            r#"{"event":"session","session_id":"s","data":{"type":"stream","data":{"status":200,"result":"6162"}}}"#,
            r#"Session { session_id: "s", message: Stream(Chunk { status: Some(200), headers: None, result: Some("6162") }) }"#,
        ),
    ];
    for (line, expected) in rows {
        assert_eq!(
            format!("{:?}", Event::parse(line.as_bytes()).unwrap()),
            expected,
            "{line}"
        );
    }
}

#[test]
fn failures_become_the_text_that_the_client_sees() {
    let rows = [
        (
            r#"{"type":"error","data":{"error_type":"E","message":"<m>","args":{"traceback":"t"}}}"#,
            r#"{"args":{"traceback":"t"},"error_type":"E","message":"\u003cm\u003e"}"#,
        ),
        (
            r#"{"type":"invoke","data":{}}"#,
            r#"{"error_type":"invoke_dify_error","message":"invoke dify failed: the stand-in daemon has no Dify behind it"}"#,
        ),
        (
            r#"{"type":"news","data":{}}"#,
            r#"{"error_type":"unknown_stream_message_type","message":"unknown stream message type: news"}"#,
        ),
    ];
    for (message, expected) in rows {
        let line = format!(r#"{{"event":"session","session_id":"s","data":{message}}}"#);
        let Event::Session {
            message: SessionMessage::Failed(text),
            ..
        } = Event::parse(line.as_bytes()).unwrap()
        else {
            panic!("{message} is not a failure");
        };
        assert_eq!(text, expected);
    }
}

#[test]
fn a_line_that_is_not_a_json_object_of_the_protocol_is_refused() {
    for line in [
        "hello",
        "[]",
        r#"{"data":1}"#,
        r#"{"event":"session","session_id":"s","data":{"type":"error"}}"#,
    ] {
        assert!(Event::parse(line.as_bytes()).is_err(), "{line}");
    }
}
