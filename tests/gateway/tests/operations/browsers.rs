//! What browsers and caches between need to know: CORS, cache control, and which headers pass.

use std::collections::BTreeSet;

use gateway_tests::{Stage, WholeResponse};
use http::{HeaderMap, Method};
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

use crate::things::Things;

const APP: &str = "https://app.example";
const EXPOSED: &str = "Content-Disposition, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, X-Version";

#[tokio::test(flavor = "multi_thread")]
async fn only_an_allowed_origin_may_read_an_answer_and_every_answer_says_so() {
    let stage = Stage::of(AppKind::Chatflow).await;
    // The setting, the request's origin, and what the answer allows.
    let origins = [
        (APP, Some(APP), APP),
        ("https://a.example https://app.example", Some(APP), APP),
        (APP, Some("https://other.example"), ""),
        (APP, Some("https://app.example.evil"), ""),
        (APP, Some("https://sub.app.example"), ""),
        (APP, Some("http://app.example"), ""),
        (APP, Some("https://app.example:8443"), ""),
        (APP, Some("null"), ""),
        (APP, None, ""),
        ("", Some(APP), ""),
        ("*", Some(APP), "*"),
        ("*", None, ""),
    ];
    let alice = stage.token("alice");
    for (setting, origin, allowed) in origins {
        stage.set_settings(&json!({"allowed_origins": setting}));
        let requests = [
            (
                200,
                stage
                    .request(Method::GET, "/conversations")
                    .bearer_auth(&alice),
            ),
            (
                400,
                stage
                    .request(Method::GET, "/conversations?limit=0")
                    .bearer_auth(&alice),
            ),
            (401, stage.request(Method::GET, "/conversations")),
            (
                404,
                stage.request(Method::GET, "/nothing").bearer_auth(&alice),
            ),
            (
                405,
                stage
                    .request(Method::PUT, "/conversations")
                    .bearer_auth(&alice),
            ),
            (
                403,
                stage
                    .request(Method::GET, "/app/feedbacks")
                    .bearer_auth(&alice),
            ),
            (200, stage.request(Method::GET, "/")),
        ];
        for (status, request) in requests {
            let request = match origin {
                Some(origin) => request.header("origin", origin),
                None => request,
            };
            let answer = WholeResponse::of(request).await;
            let case = format!("{setting:?} {origin:?} {status}");
            assert_eq!(answer.status.as_u16(), status, "{case}");
            let exposed = if allowed.is_empty() { "" } else { EXPOSED };
            let names = [
                "access-control-allow-origin",
                "access-control-expose-headers",
                "access-control-allow-credentials",
            ];
            assert_eq!(
                names.map(|name| answer.header(name)),
                [allowed, exposed, ""],
                "{case}"
            );
            assert!(
                answer
                    .header("vary")
                    .split(", ")
                    .any(|name| name == "Origin"),
                "{case}"
            );
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_page_reads_what_is_wrong_with_the_settings() {
    let stage = Stage::of(AppKind::Chatflow).await;
    stage.set_settings(&json!({"app_key": null, "allowed_origins": APP}));
    for (origin, allowed) in [(APP, APP), ("https://other.example", "")] {
        let request = |method| {
            stage
                .request(method, "/chat-messages")
                .header("origin", origin)
        };
        let preflight = WholeResponse::of(
            request(Method::OPTIONS).header("access-control-request-method", "POST"),
        )
        .await;
        assert_eq!(preflight.status.as_u16(), 204, "{origin}");
        let refused = WholeResponse::of(request(Method::POST)).await;
        let message =
            "The endpoint's settings are wrong. `app_key` is missing; write text such as `app-…`.";
        let expected = (503, "configuration_error".to_owned(), message.to_owned());
        assert_eq!(refused.refusal(), expected, "{origin}");
        for answer in [preflight, refused] {
            let found = answer.header("access-control-allow-origin");
            assert_eq!((found, answer.header("vary")), (allowed, "Origin"));
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn no_shared_cache_may_keep_what_one_person_got() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let alice = stage.token("alice");
    let preview = Things::of(&stage, AppKind::Chatflow, "alice")
        .fill("/files/<file_id>/preview")
        .await;
    let names = [
        "cache-control",
        "vary",
        "content-type",
        "content-disposition",
        "x-accel-buffering",
    ];
    let json = [
        "no-store",
        "Authorization, Origin",
        "application/json",
        "",
        "",
    ];
    let text = "text/plain; charset=utf-8";
    let note = "attachment; filename*=UTF-8''note.txt";
    let cases = [
        (
            preview.clone(),
            [
                "private, max-age=3600",
                "Authorization, Origin",
                text,
                "",
                "",
            ],
        ),
        (
            format!("{preview}?as_attachment=true"),
            [
                "private, max-age=3600",
                "Authorization, Origin",
                "application/octet-stream",
                note,
                "",
            ],
        ),
        ("/conversations".to_owned(), json),
        ("/parameters".to_owned(), json),
    ];
    for (target, expected) in cases {
        let answer = stage.get(&alice, &target).await;
        assert_eq!(names.map(|name| answer.header(name)), expected, "{target}");
        assert_eq!(
            answer.header("content-length"),
            answer.body.len().to_string(),
            "{target}"
        );
    }
    let chat = json!({"query": "hi", "inputs": {}, "response_mode": "streaming"});
    let stream = stage.post(&alice, "/chat-messages", &chat).await;
    let events = [
        "no-cache, no-transform",
        "Origin",
        "text/event-stream",
        "",
        "no",
    ];
    let mut found = names.map(|name| stream.header(name));
    found[2] = found[2].split(';').next().unwrap();
    assert_eq!(found, events);
    assert_eq!(stream.header("content-length"), "");
}

#[tokio::test(flavor = "multi_thread")]
async fn only_listed_headers_pass_in_either_direction() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let answer = Fault::Answer {
        status: 200,
        headers: [
            ("Content-Type", "application/json"),
            ("Set-Cookie", "session=1"),
            ("Set-Cookie", "other=2"),
            ("Server", "gunicorn"),
            ("X-Powered-By", "Dify"),
            ("Access-Control-Allow-Origin", "*"),
            ("Access-Control-Allow-Credentials", "true"),
            ("Content-Disposition", "inline"),
            ("Retry-After", "7"),
            ("X-Trace-Id", "t"),
            ("X-Version", "1.16.1"),
            ("WWW-Authenticate", "Basic"),
            ("Link", "</evil>; rel=preload"),
        ]
        .map(|(name, value)| (name.to_owned(), value.to_owned()))
        .to_vec(),
        body: b"{}".to_vec(),
    };
    stage.control().set_fault_once("/info", answer);
    let request = stage
        .request(Method::GET, "/info")
        .bearer_auth(stage.token("alice"));
    let request = [
        ("accept", "application/json"),
        ("accept-language", "de"),
        ("accept-encoding", "gzip"),
        (
            "traceparent",
            "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
        ),
        ("tracestate", "vendor=1"),
        ("baggage", "userId=alice"),
        ("user-agent", "Mozilla/5.0"),
        ("sentry-trace", "1"),
        ("x-trace-id", "t"),
        ("x-trace-session-id", "s"),
        ("cookie", "session=1"),
        ("origin", APP),
        ("referer", APP),
        ("x-forwarded-for", "10.0.0.1"),
        ("x-forwarded-proto", "https"),
        ("x-api-key", "app-other"),
        ("x-app-code", "code"),
        ("x-app-passport", "passport"),
        ("user", "mallory"),
    ]
    .into_iter()
    .fold(request, |request, (name, value)| {
        request.header(name, value)
    });
    let answer = WholeResponse::of(request).await;

    let kept = "cache-control content-disposition content-length content-type retry-after vary x-request-id x-trace-id x-version";
    // These two are of the connection to the stand-in daemon.
    assert_eq!(names(&answer.headers, &["connection", "date"]), kept);
    let seen = stage.seen();
    let kept = "accept accept-encoding accept-language authorization baggage traceparent tracestate user-agent x-request-id x-trace-id x-trace-session-id";
    assert_eq!(names(&seen[0].headers, &["host"]), kept);
    assert_eq!(seen[0].headers["authorization"], "Bearer app-chatflow");
    assert_eq!(seen[0].headers["accept-encoding"], "identity");
    assert_eq!(seen[0].headers["user-agent"], "Mozilla/5.0");
}

#[tokio::test(flavor = "multi_thread")]
async fn a_refusal_of_dify_passes_in_its_own_words_and_a_page_becomes_json() {
    let stage = Stage::of(AppKind::Chatflow).await;
    let alice = stage.token("alice");
    let own = stage.get(&alice, "/conversations?limit=0").await;
    assert_eq!(own.status.as_u16(), 400);
    assert_eq!(own.json()["code"], "invalid_param");

    let page = |status| Fault::Answer {
        status,
        headers: vec![(
            "content-type".to_owned(),
            "text/html; charset=utf-8".to_owned(),
        )],
        body: b"<!doctype html>".to_vec(),
    };
    let cases = [
        (
            404,
            (
                404,
                "not_found",
                "Dify has nothing at this path. If only this operation fails, this version of Dify does not have it; if \
                 all fail, `dify_api_url` is not the address of the API.",
            ),
        ),
        (
            405,
            (
                405,
                "method_not_allowed",
                "Dify does not take this method on this path.",
            ),
        ),
        (
            431,
            (
                400,
                "bad_request",
                "Dify, or a proxy before it, refused the request before reading it, with status 431.",
            ),
        ),
        (
            502,
            (
                502,
                "dify_unavailable",
                "Dify, or a proxy before it, answered with status 502 and no JSON.",
            ),
        ),
    ];
    for (status, (answered, code, message)) in cases {
        stage.control().set_fault_once("/info", page(status));
        let refusal = stage.get(&alice, "/info").await.refusal();
        assert_eq!(
            refusal,
            (answered, code.to_owned(), message.to_owned()),
            "{status}"
        );
    }
    let value: Value = stage.get(&alice, "/info").await.json();
    assert_eq!(value["name"], "oidc-chatflow", "the next request works");
}

/// The names of headers except `others`, in alphabetical order.
fn names(headers: &HeaderMap, others: &[&str]) -> String {
    let names: BTreeSet<&str> = headers.keys().map(|name| name.as_str()).collect();
    let names: Vec<&str> = names
        .into_iter()
        .filter(|name| !others.contains(name))
        .collect();
    names.join(" ")
}
