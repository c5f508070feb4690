//! What the daemon makes of a request before the plugin sees it.

use crate::support::{ENDPOINT_ID, HOOK, echo, raw, send, start, status};
use serde_json::{Value, json};
use stand_in_daemon::Options;

/// Method, path, header lines, body; where to look in what the plugin saw, and what must be there.
type Row<'a> = (&'a str, &'a str, &'a str, &'a [u8], &'a str, Value);

#[tokio::test]
async fn the_plugin_sees_what_the_real_daemon_lets_through() {
    let daemon = start(Options::default()).await;
    let long = vec![b'x'; 10 * 1024 * 1024 + 1];
    let exact = &long[..10 * 1024 * 1024];
    let chunked = "Transfer-Encoding: chunked\r\n";
    let rows: [Row<'_>; 20] = [
        ("GET", "/echo/a", "", b"", "/method", json!("GET")),
        (
            "HEAD",
            "/echo/a?x",
            "X-Original-Host: forged.example\r\n",
            b"",
            "",
            json!(""),
        ),
        ("POST", "/echo/a", "", b"", "/body", json!("0\r\n\r\n")),
        ("PUT", "/echo/a", "", b"", "/body", json!("0\r\n\r\n")),
        ("DELETE", "/echo/a", "", b"", "/body", json!("")),
        ("DELETE", "/echo/a", "", b"{}", "/body", json!("{}")),
        ("OPTIONS", "/echo/a", "", b"", "/body_length", json!(0)),
        (
            "POST",
            "/echo/a",
            "",
            exact,
            "/body_length",
            json!(10_485_760),
        ),
        (
            "POST",
            "/echo/a",
            "",
            &long,
            "/headers/Content-Length",
            json!("10485760"),
        ),
        (
            "GET",
            "/echo/a%2Fb%20c/../d",
            "",
            b"",
            "/path",
            json!("/echo/a/b c/../d"),
        ),
        (
            "GET",
            "/echo/a?b=2&a=1&a=0&c",
            "",
            b"",
            "/query",
            json!("a=1&a=0&b=2&c="),
        ),
        (
            "GET",
            "/echo/a?a=1;b=2&c=%zz&d=x",
            "",
            b"",
            "/query",
            json!("d=x"),
        ),
        (
            "GET",
            "/echo/a",
            "X-Dup: 1\r\nX-Dup: 2\r\n",
            b"",
            "/headers/X-Dup",
            json!("2"),
        ),
        (
            "GET",
            "/echo/a",
            "X-Forwarded-For: 10.0.0.1\r\n",
            b"",
            "/headers/X-Forwarded-For",
            json!(null),
        ),
        (
            "GET",
            "/echo/a",
            "Dify-Hook-Id: forged\r\n",
            b"",
            "/headers/Dify-Hook-Id",
            json!(HOOK),
        ),
        (
            "GET",
            "/echo/a",
            "X-Original-Host: forged.example\r\n",
            b"",
            "/headers/Host",
            json!("forged.example"),
        ),
        (
            "GET",
            "/echo/a",
            "Cookie: a=b\r\n",
            b"",
            "/headers/Cookie",
            json!("a=b"),
        ),
        (
            "GET",
            "/echo/a",
            "",
            b"",
            "/settings",
            json!({"greeting": "<hello>"}),
        ),
        (
            "GET",
            "/echo/a",
            "",
            b"",
            "/endpoint_id",
            json!(ENDPOINT_ID),
        ),
        (
            "GET",
            "/echo/a",
            "",
            b"",
            "/headers/User-Agent",
            json!("Go-http-client/1.1"),
        ),
    ];
    for (method, path, headers, body, pointer, expected) in rows {
        let case = format!("{method} {path} {headers} {}", body.len());
        if method == "HEAD" {
            let (head, body) = send(&daemon, method, path, headers, body).await;
            assert_eq!((status(&head), body.as_str()), (200, ""), "{case}");
            continue;
        }
        let seen = echo(&daemon, method, path, headers, body).await;
        assert_eq!(
            seen.pointer(pointer).cloned().unwrap_or_default(),
            expected,
            "{case}: {seen}"
        );
    }
    let head = format!("POST /e/{HOOK}/echo/a HTTP/1.1\r\nHost: localhost\r\n{chunked}");
    let (_, body) = raw(&daemon, &head, b"2\r\nab\r\n1\r\nc\r\n0\r\n\r\n").await;
    let seen: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(
        (&seen["body"], &seen["headers"]["Content-Length"]),
        (&json!("abc"), &json!("3"))
    );
}

#[tokio::test]
async fn what_does_not_reach_the_plugin_is_answered_by_the_daemon() {
    let daemon = start(Options::default()).await;
    let not_found = r#"{"code":"not_found","message":"route not found"}"#;
    let unknown_hook = r#"{"code":-400,"message":"{\"message\":\"endpoint not found\",\"error_type\":\"PluginDaemonBadRequestError\",\"args\":null}","data":null}"#;
    let rows = [
        (format!("PATCH /e/{HOOK}/echo/a"), 404, not_found, ""),
        ("GET /plugin/x".to_owned(), 404, not_found, ""),
        (
            "GET /e/zzzzzzzzzzzzzzzz/echo/a".to_owned(),
            404,
            unknown_hook,
            "",
        ),
        (format!("GET /e/{HOOK}/%zz"), 400, "400 Bad Request", ""),
        (format!("GET /e/{HOOK}?a=b"), 301, "", "/?a=b\r\n"),
        (format!("POST /e/{HOOK}"), 307, "", "/\r\n"),
    ];
    for (request, expected_status, expected_body, location) in rows {
        let (head, body) = raw(
            &daemon,
            &format!("{request} HTTP/1.1\r\nHost: localhost\r\n"),
            b"",
        )
        .await;
        assert_eq!(
            (status(&head), body.as_str()),
            (expected_status, expected_body),
            "{request}"
        );
        let head = format!("{head}\r\n");
        assert!(
            location.is_empty() || head.contains(&format!("Location: /e/{HOOK}{location}")),
            "{head}"
        );
    }
}

#[tokio::test]
async fn saved_settings_hold_from_the_next_request_on() {
    let daemon = start(Options::default()).await;
    daemon.set_settings(HOOK, json!({"issuer": null}));
    assert_eq!(
        echo(&daemon, "GET", "/echo/a", "", b"").await["settings"],
        json!({"issuer": null})
    );
}
