use std::time::Duration;

use http::{HeaderMap, HeaderName, HeaderValue};

use super::cors::CorsHeaders;
use super::*;
use crate::documentation::Document;
use crate::error::{Code, Refusal};
use crate::settings::AllowedOrigins;

fn headers(pairs: &[(&str, &str)]) -> HeaderMap {
    pairs
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_bytes(name.as_bytes()).unwrap(),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect()
}

/// Header fields, and the lines that are expected of them.
type Row<'a> = (&'a [(&'a str, &'a str)], &'a [&'a str]);

fn lines(headers: &HeaderMap) -> Vec<String> {
    let mut lines: Vec<String> = headers
        .iter()
        .map(|(name, value)| format!("{name}: {}", value.to_str().unwrap()))
        .collect();
    lines.sort();
    lines
}

#[test]
fn a_refusal_has_difys_shape_and_the_challenge_of_rfc_6750() {
    let cases = [
        (
            Refusal::new(Code::TokenMissing, "Send a token."),
            concat!(
                r#"{"code":"token_missing","message":"Send a token.","status":401,"request_id":"r1","documentation":""#,
                env!("CARGO_PKG_REPOSITORY"),
                r#"/blob/main/docs/troubleshooting.md#token_missing"}"#
            ),
            vec![r#"www-authenticate: Bearer realm="dify""#],
        ),
        (
            Refusal::new(Code::TokenExpired, "It expired."),
            r#"{"code":"token_expired","message":"It expired.","status":401,"request_id":"r1"}"#,
            vec![
                r#"www-authenticate: Bearer realm="dify", error="invalid_token", error_description="It expired.""#,
            ],
        ),
        (
            Refusal::new(Code::InsufficientScope, "A scope is missing.").with_scope("chat files"),
            concat!(
                r#"{"code":"insufficient_scope","message":"A scope is missing.","status":403,"request_id":"r1","documentation":""#,
                env!("CARGO_PKG_REPOSITORY"),
                r#"/blob/main/docs/troubleshooting.md#insufficient_scope"}"#
            ),
            vec![
                r#"www-authenticate: Bearer realm="dify", error="insufficient_scope", scope="chat files", error_description="A scope is missing.""#,
            ],
        ),
        (
            Refusal::new(Code::RequiredClaims, "Not you.").with_guide(Some(Document::Keycloak)),
            concat!(
                r#"{"code":"required_claims_not_met","message":"Not you.","status":403,"request_id":"r1","documentation":""#,
                env!("CARGO_PKG_REPOSITORY"),
                r#"/blob/main/docs/providers/keycloak.md"}"#
            ),
            vec![r#"www-authenticate: Bearer realm="dify""#],
        ),
        (
            Refusal::new(
                Code::AuthorizationMalformed,
                "Two \"tokens\" \\ §2 ü\r\nX: y",
            ),
            r#"{"code":"authorization_malformed","message":"Two \"tokens\" \\ §2 ü\r\nX: y","status":400,"request_id":"r1"}"#,
            vec![
                r#"www-authenticate: Bearer realm="dify", error="invalid_request", error_description="Two 'tokens' / section 2 ???X: y""#,
            ],
        ),
        (
            Refusal::new(Code::TooManyStreams, "Wait.").with_retry_after(Duration::from_secs(5)),
            r#"{"code":"too_many_streams","message":"Wait.","status":429,"request_id":"r1"}"#,
            vec!["retry-after: 5"],
        ),
        (
            Refusal::new(Code::MethodNotAllowed, "No.")
                .with_allow(HeaderValue::from_static("GET, HEAD")),
            r#"{"code":"method_not_allowed","message":"No.","status":405,"request_id":"r1"}"#,
            vec!["allow: GET, HEAD"],
        ),
    ];
    for (refusal, body, own_headers) in cases {
        let response = of_refusal(&refusal, "r1", &Challenge::default());
        let mut expected = own_headers;
        expected.extend(["cache-control: no-store", "content-type: application/json"]);
        expected.sort_unstable();
        assert_eq!(response.status, refusal.code().status());
        assert_eq!(String::from_utf8(response.body).unwrap(), body);
        assert_eq!(lines(&response.headers), expected);
    }
}

/// Both MCP SDKs sign the person in again, once or in a loop, for every 403 with `insufficient_scope`.
#[test]
fn insufficient_scope_is_left_to_missing_scopes_and_every_other_403_has_a_challenge_without_an_error()
 {
    for code in Code::ALL {
        let refusal = Refusal::new(*code, "Why.");
        let response = of_refusal(&refusal, "r1", &Challenge::default());
        let challenge = response.headers.get("www-authenticate");
        let challenge = challenge.map(|value| value.to_str().unwrap());
        let with_error = |error: &str| {
            format!("Bearer realm=\"dify\", error=\"{error}\", error_description=\"Why.\"")
        };
        let expected = match (code.as_str(), code.status().as_u16()) {
            (
                "token_missing"
                | "metrics_token_required"
                | "page_token_missing"
                | "session_ended"
                | "session_expired"
                | "session_missing"
                | "session_revoked",
                _,
            ) => Some("Bearer realm=\"dify\"".to_owned()),
            ("authorization_malformed", _) => Some(with_error("invalid_request")),
            ("insufficient_scope", _) => Some(with_error("insufficient_scope")),
            (_, 401) => Some(with_error("invalid_token")),
            (_, 403) => Some("Bearer realm=\"dify\"".to_owned()),
            _ => None,
        };
        assert_eq!(challenge, expected.as_deref(), "{}", code.as_str());
    }
}

#[test]
fn scope_and_metadata_come_before_the_description_which_could_contain_their_names() {
    let challenge = Challenge {
        resource_metadata: Some("https://dify.example/meta".to_owned()),
        ..Challenge::default()
    };
    let refusal =
        Refusal::new(Code::InsufficientScope, "scope=\"x\" is missing.").with_scope("chat files");
    assert_eq!(
        challenge.value(&refusal),
        r#"Bearer realm="dify", error="insufficient_scope", scope="chat files", resource_metadata="https://dify.example/meta", error_description="scope:'x' is missing.""#
    );
}

#[test]
fn the_challenge_names_the_protected_resource_metadata() {
    let challenge = Challenge {
        resource_metadata: Some("https://dify.example/meta".to_owned()),
        ..Challenge::default()
    };
    assert_eq!(
        challenge.value(&Refusal::new(Code::TokenMissing, "Send a token.")),
        r#"Bearer realm="dify", resource_metadata="https://dify.example/meta""#
    );
}

#[test]
fn only_listed_headers_of_dify_pass_and_nothing_of_one_user_enters_a_shared_cache() {
    let cases: [Row; 5] = [
        (
            &[
                ("content-type", "application/json"),
                ("content-length", "12"),
                ("set-cookie", "session=1"),
                ("connection", "close"),
                ("access-control-allow-origin", "*"),
                ("vary", "Cookie"),
                ("x-version", "1.16.1"),
                ("server", "nginx"),
            ],
            &[
                "cache-control: no-store",
                "content-length: 12",
                "content-type: application/json",
                "vary: Authorization",
                "x-version: 1.16.1",
            ],
        ),
        (
            &[
                ("content-type", "image/png"),
                ("cache-control", "public, max-age=3600"),
            ],
            &[
                "cache-control: private, max-age=3600",
                "content-type: image/png",
                "vary: Authorization",
            ],
        ),
        (
            &[(
                "cache-control",
                "Public , S-MaxAge=9,proxy-revalidate, no-cache",
            )],
            &["cache-control: private, no-cache", "vary: Authorization"],
        ),
        (
            &[("cache-control", "no-store")],
            &["cache-control: private, no-store", "vary: Authorization"],
        ),
        (
            &[
                ("content-type", "Text/Event-Stream; charset=utf-8"),
                ("content-length", "9"),
                ("cache-control", "public"),
            ],
            &[
                "cache-control: no-cache, no-transform",
                "content-type: Text/Event-Stream; charset=utf-8",
                "x-accel-buffering: no",
            ],
        ),
    ];
    for (upstream, expected) in cases {
        assert_eq!(
            lines(&of_dify(&headers(upstream), false)),
            expected,
            "{upstream:?}"
        );
    }
}

#[test]
fn a_browsers_cache_keeps_the_files_of_two_people_apart_where_people_sign_in() {
    for (cache_control, has_sessions, expected) in [
        ("public, max-age=3600", false, "Authorization"),
        (
            "public, max-age=3600",
            true,
            "Authorization, X-Gateway-Page",
        ),
    ] {
        let upstream = headers(&[
            ("content-type", "image/png"),
            ("cache-control", cache_control),
        ]);
        let passed = of_dify(&upstream, has_sessions);
        assert_eq!(passed["vary"], expected);
        assert_eq!(passed["cache-control"], "private, max-age=3600");
    }
}

#[test]
fn an_origin_reads_answers_only_where_the_settings_name_it() {
    let these = AllowedOrigins::These(vec!["https://app.example".to_owned()]);
    let exposed = "access-control-expose-headers: Content-Disposition, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, X-Version";
    let cases: [(&AllowedOrigins, Option<&str>, Option<&str>); 9] = [
        (
            &these,
            Some("https://app.example"),
            Some("https://app.example"),
        ),
        (&these, Some("https://app.example:443"), None),
        (&these, Some("https://app.example.evil.example"), None),
        (&these, Some("http://app.example"), None),
        (&these, Some("null"), None),
        (&these, None, None),
        (
            &AllowedOrigins::Any,
            Some("https://anywhere.example"),
            Some("*"),
        ),
        (&AllowedOrigins::Any, None, None),
        (&AllowedOrigins::Nobody, Some("https://app.example"), None),
    ];
    for (allowed, origin, expected) in cases {
        let request = headers(
            &origin
                .map(|origin| ("origin", origin))
                .into_iter()
                .collect::<Vec<_>>(),
        );
        let mut response = headers(&[("vary", "Authorization")]);
        CorsHeaders::decide(allowed, &request).apply(&mut response);
        let expected = match expected {
            Some(origin) => vec![
                format!("access-control-allow-origin: {origin}"),
                exposed.to_owned(),
                "vary: Authorization, Origin".to_owned(),
            ],
            None => vec!["vary: Authorization, Origin".to_owned()],
        };
        assert_eq!(lines(&response), expected, "{allowed:?} {origin:?}");
    }
}

#[test]
fn a_preflight_of_an_allowed_origin_is_allowed_every_field_that_has_a_name_each_once() {
    let allowed = AllowedOrigins::These(vec!["https://app.example".to_owned()]);
    let preflight = [
        ("origin", "https://app.example"),
        ("access-control-request-method", "POST"),
        (
            "access-control-request-headers",
            "authorization, Content-Type,x-evil , X-Trace-Id,sentry-trace,x-evil,X-EVIL,,a b,x(y),tracestate",
        ),
    ];
    let cases: [Row; 3] = [
        (
            &preflight,
            &[
                "access-control-allow-headers: authorization, content-type, x-evil, x-trace-id, sentry-trace, tracestate",
                "access-control-allow-methods: OPTIONS, POST",
                "access-control-allow-origin: https://app.example",
                "access-control-expose-headers: Content-Disposition, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, X-Version",
                "access-control-max-age: 600",
                "allow: OPTIONS, POST",
                "vary: Origin",
            ],
        ),
        (&[], &["allow: OPTIONS, POST", "vary: Origin"]),
        (
            &[
                ("origin", "https://evil.example"),
                preflight[1],
                preflight[2],
            ],
            &["allow: OPTIONS, POST", "vary: Origin"],
        ),
    ];
    for (request, expected) in cases {
        let request = headers(request);
        let cors = CorsHeaders::decide(&allowed, &request);
        let mut response = cors.options("OPTIONS, POST", &request);
        cors.apply(&mut response.headers);
        assert_eq!((response.status.as_u16(), response.body.len()), (204, 0));
        assert_eq!(lines(&response.headers), expected);
    }
}

#[test]
fn however_much_a_preflight_asks_for_its_response_stays_short() {
    let many: Vec<String> = (0..100_000).map(|number| format!("x-{number}")).collect();
    let rows = [
        ("authorization,".repeat(60_000), 13, 1),
        ("x".repeat(60_000), 0, 0),
        (many.join(","), 372, 64),
        (
            format!("{},{}", "x".repeat(2047), "y".repeat(2046)),
            2046,
            1,
        ),
    ];
    for (asked, length, count) in rows {
        let request = headers(&[
            ("origin", "https://app.example"),
            ("access-control-request-method", "GET"),
            ("access-control-request-headers", &asked),
        ]);
        let cors = CorsHeaders::decide(&AllowedOrigins::Any, &request);
        let response = cors.options("GET", &request);
        let allowed = response.headers["access-control-allow-headers"]
            .to_str()
            .unwrap();
        let names = allowed.split(", ").filter(|name| !name.is_empty()).count();
        let beginning: String = asked.chars().take(20).collect();
        assert_eq!((allowed.len(), names), (length, count), "{beginning}");
    }
}
