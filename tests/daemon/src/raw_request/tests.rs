use http::{HeaderMap, HeaderName, HeaderValue, Method};

use super::Incoming;

const HOOK: &str = "abcdefghijklmnop";

fn written(
    method: &Method,
    path: &str,
    query: Option<&str>,
    headers: &[(&str, &str)],
    body: &str,
) -> String {
    let mut map = HeaderMap::new();
    for (name, value) in headers {
        let name = HeaderName::from_bytes(name.as_bytes()).unwrap();
        map.append(name, HeaderValue::from_str(value).unwrap());
    }
    let incoming = Incoming {
        method,
        hook_id: HOOK,
        path: path.as_bytes(),
        query,
        headers: &map,
        body: body.as_bytes(),
    };
    String::from_utf8(incoming.write()).unwrap()
}

#[test]
fn the_recorded_request_of_the_real_daemon() {
    let headers = [
        ("x-dup", "1"),
        ("host", "127.0.0.1:5099"),
        ("user-agent", "curl/7.88.1"),
        ("x-dup", "2"),
        ("accept", "*/*"),
        ("x-forwarded-proto", "https"),
        ("authorization", "Bearer T"),
        ("x-forwarded-for", "10.0.0.1"),
    ];
    let expected = "GET /v1/info?a=1&a=0&b=2&c= HTTP/1.1\r\n\
        Host: 127.0.0.1:5099\r\n\
        User-Agent: curl/7.88.1\r\n\
        Accept: */*\r\n\
        Authorization: Bearer T\r\n\
        Dify-Hook-Id: abcdefghijklmnop\r\n\
        Dify-Hook-Url: https://127.0.0.1:5099/e/abcdefghijklmnop/v1/info\r\n\
        X-Dup: 1\r\n\
        X-Dup: 2\r\n\
        X-Forwarded-Proto: https\r\n\
        \r\n";
    assert_eq!(
        written(
            &Method::GET,
            "/v1/info",
            Some("b=2&a=1&a=0&c"),
            &headers,
            ""
        ),
        expected
    );
}

#[test]
fn the_target_is_what_go_writes() {
    let rows = [
        ("/a b", None, "/a%20b"),
        ("/a", Some(""), "/a?"),
        ("/a", Some("b=%zz"), "/a"),
        ("//a/../b", Some("z&y"), "//a/../b?y=&z="),
    ];
    for (path, query, expected) in rows {
        let text = written(&Method::GET, path, query, &[], "");
        let target = text.split(' ').nth(1).unwrap();
        assert_eq!(target, expected, "{path} {query:?}");
    }
}

#[test]
fn the_body_is_framed_as_go_frames_it() {
    let chunked = ("Transfer-Encoding: chunked\r\n", "\r\n\r\n0\r\n\r\n");
    let rows = [
        (Method::POST, "", chunked),
        (Method::PUT, "", chunked),
        (Method::DELETE, "", ("", "\r\n\r\n")),
        (Method::GET, "", ("", "\r\n\r\n")),
        (Method::HEAD, "", ("", "\r\n\r\n")),
        (Method::OPTIONS, "", ("", "\r\n\r\n")),
        (
            Method::DELETE,
            "{}",
            ("Content-Length: 2\r\n", "\r\n\r\n{}"),
        ),
        (Method::POST, "{}", ("Content-Length: 2\r\n", "\r\n\r\n{}")),
    ];
    for (method, body, (header, end)) in rows {
        let text = written(
            &method,
            "/",
            None,
            &[("content-length", "99"), ("transfer-encoding", "x")],
            body,
        );
        let head = format!(
            "{method} / HTTP/1.1\r\nHost: \r\nUser-Agent: Go-http-client/1.1\r\n{header}Dify-Hook-Id: {HOOK}\r\n"
        );
        assert!(text.starts_with(&head), "{method} {body}: {text}");
        assert!(text.ends_with(end), "{method} {body}: {text}");
    }
}

#[test]
fn headers_are_removed_set_and_kept() {
    let forged = "https://forged.example/e/x";
    let rows: [(&str, &str, Option<&str>); 14] = [
        ("x-forwarded-for", "1.2.3.4", None),
        ("x-real-ip", "1.2.3.4", None),
        ("x-forwarded", "for=1.2.3.4", None),
        ("x-original-forwarded-for", "1.2.3.4", None),
        ("x-original-url", "/x", None),
        ("trailer", "x", None),
        (
            "x-original-host",
            "forged.example",
            Some("Host: forged.example\r\n"),
        ),
        (
            "dify-hook-id",
            "forged",
            Some("Dify-Hook-Id: abcdefghijklmnop\r\n"),
        ),
        (
            "dify-hook-url",
            forged,
            Some("Dify-Hook-Url: https://forged.example/e/x\r\n"),
        ),
        ("cookie", "a=b", Some("Cookie: a=b\r\n")),
        (
            "connection",
            "keep-alive",
            Some("Connection: keep-alive\r\n"),
        ),
        ("x_under-score", "1", Some("X_under-Score: 1\r\n")),
        ("pragma", "no-cache", Some("Cache-Control: no-cache\r\n")),
        ("user-agent", "", Some("Host: \r\nDify-Hook-Id: ")),
    ];
    for (name, value, expected) in rows {
        let text = written(&Method::GET, "/", None, &[(name, value)], "");
        match expected {
            Some(expected) => assert!(text.contains(expected), "{name}: {text}"),
            None => assert!(!text.to_lowercase().contains(name), "{name}: {text}"),
        }
    }
}

#[test]
fn line_breaks_of_a_decoded_path_do_not_forge_a_header() {
    let text = written(
        &Method::GET,
        "/a\r\nX-Forged: 1",
        None,
        &[("host", "h")],
        "",
    );
    assert!(
        text.contains("Dify-Hook-Url: http://h/e/abcdefghijklmnop/a  X-Forged: 1\r\n"),
        "{text}"
    );
}
