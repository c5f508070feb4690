use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::*;
use crate::environment::TransportError;
use crate::error::{Code, Refusal};
use crate::events::RequestRecord;
use crate::token::User;

fn context() -> RelayContext {
    RelayContext {
        trail: RequestRecord {
            request_id: "r1".to_owned(),
            ..RequestRecord::default()
        },
        ..RelayContext::default()
    }
}

fn head(status: u16, headers: &[(&str, &str)]) -> Result<ResponseHead, TransportError> {
    Ok(ResponseHead {
        status: StatusCode::from_u16(status).unwrap(),
        headers: headers
            .iter()
            .map(|(name, value)| {
                (
                    HeaderName::from_bytes(name.as_bytes()).unwrap(),
                    HeaderValue::from_str(value).unwrap(),
                )
            })
            .collect::<HeaderMap>(),
    })
}

const JSON: (&str, &str) = ("content-type", "application/json");
const HTML: (&str, &str) = ("content-type", "text/html; charset=utf-8");

#[test]
fn answers_of_the_api_pass_with_their_own_status() {
    for (status, headers) in [
        (200, JSON),
        (201, JSON),
        (204, JSON),
        (200, ("content-type", "audio/mpeg")),
        (400, JSON),
        (404, JSON),
        (412, JSON),
        (500, JSON),
    ] {
        let answer = judge(&context(), head(status, &[headers]));
        assert_eq!(
            (answer.status.as_u16(), answer.body, answer.refusal),
            (status, None, None),
            "{status}"
        );
        assert_eq!(answer.headers.get("x-request-id").unwrap(), "r1");
    }
}

#[test]
fn what_is_no_answer_of_the_api_becomes_json_and_never_a_401() {
    let cases = [
        (
            head(401, &[JSON]),
            502,
            "app_key_rejected",
            "Dify refused the app key of this endpoint. An administrator must put a valid key into `app_key`.",
        ),
        (
            head(404, &[HTML]),
            404,
            "not_found",
            "Dify has no such resource.",
        ),
        (
            head(405, &[HTML]),
            405,
            "method_not_allowed",
            "Dify does not take this method on this path.",
        ),
        (
            head(413, &[HTML]),
            413,
            "body_too_large",
            "The body is larger than Dify takes.",
        ),
        (
            head(431, &[HTML]),
            400,
            "bad_request",
            "Dify refused the request before reading it, with status 431.",
        ),
        (
            head(502, &[HTML]),
            502,
            "dify_unavailable",
            "Dify, or a proxy before it, answered with status 502 and no JSON.",
        ),
        (
            head(308, &[HTML, ("location", "http://internal/v1/")]),
            502,
            "dify_answer_invalid",
            "Dify answered with a redirect, which the gateway does not follow. An administrator must put the address that Dify really has into `dify_api_url`.",
        ),
        (
            Err(TransportError::Connect),
            502,
            "dify_unavailable",
            "Dify could not be reached.",
        ),
        (
            Err(TransportError::Broken),
            502,
            "dify_unavailable",
            "Dify's connection broke off before its answer had come.",
        ),
        (
            Err(TransportError::Tls),
            502,
            "dify_unavailable",
            "Dify's certificate could not be verified. An administrator can put a private CA into `ca_certificates`.",
        ),
        (
            Err(TransportError::Timeout),
            504,
            "dify_timeout",
            "Dify did not answer in time.",
        ),
        (
            Err(TransportError::Malformed),
            502,
            "dify_answer_invalid",
            "What Dify answered is no HTTP answer of its API.",
        ),
        (
            Err(TransportError::TooLarge),
            502,
            "dify_answer_invalid",
            "What Dify answered is no HTTP answer of its API.",
        ),
        (
            Err(TransportError::Refused),
            500,
            "internal_error",
            "The gateway may not reach Dify's address.",
        ),
    ];
    for (upstream, status, code, message) in cases {
        let answer = judge(&context(), upstream);
        let body = serde_json::json!({"code": code, "message": message, "status": status, "request_id": "r1"});
        let sent: serde_json::Value = serde_json::from_str(&answer.body.unwrap()).unwrap();
        assert_eq!((answer.status.as_u16(), sent), (status, body));
        assert_eq!(answer.headers.get("www-authenticate"), None);
    }
}

#[test]
fn a_good_answer_is_of_the_type_that_the_operation_has() {
    const PAGE: &str = "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is the address of the API, which ends in `/v1`.";
    const ENCODED: &str = "Dify, or a proxy before it, compressed its answer although the gateway asked it not to. An administrator must turn that off for `dify_api_url`.";
    let cases = [
        ("get_info", head(200, &[JSON]), None),
        ("get_info", head(200, &[HTML]), Some(PAGE)),
        ("get_info", head(200, &[]), Some(PAGE)),
        ("delete_annotation", head(204, &[]), None),
        (
            "post_chat_messages",
            head(200, &[("content-type", "text/event-stream")]),
            None,
        ),
        ("post_chat_messages", head(200, &[HTML]), Some(PAGE)),
        ("get_file_preview", head(200, &[HTML]), None),
        (
            "post_text_to_audio",
            head(200, &[("content-type", "audio/mpeg")]),
            None,
        ),
        (
            "get_info",
            head(200, &[JSON, ("content-encoding", "gzip")]),
            Some(ENCODED),
        ),
        (
            "get_info",
            head(200, &[JSON, ("content-encoding", "Identity")]),
            None,
        ),
    ];
    for (operation, upstream, message) in cases {
        let mut context = context();
        context.trail.operation = operation.to_owned();
        let expected = message.map(|message| Refusal::new(Code::DifyAnswerInvalid, message));
        assert_eq!(
            judge(&context, upstream.clone()).refusal,
            expected,
            "{operation} {upstream:?}"
        );
    }
}

#[test]
fn a_run_is_the_callers_only_where_its_inputs_say_so() {
    let cases = [
        (r#"{"inputs":"{\"sys.user_id\":\"alice\",\"q\":1}"}"#, true),
        (r#"{"inputs":"{\"sys.user_id\":\"bob\"}"}"#, false),
        (r#"{"inputs":"{\"sys.user_id\":\"Alice\"}"}"#, false),
        (r#"{"inputs":"{\"sys.user_id\":[\"alice\"]}"}"#, false),
        (r#"{"inputs":"{\"sys.user_id\":null}"}"#, false),
        (r#"{"inputs":"{\"sys\":{\"user_id\":\"alice\"}}"}"#, false),
        (
            r#"{"inputs":"{\"sys.user_id\":\"bob\",\"sys.user_id\":\"alice\"}"}"#,
            false,
        ),
        (
            r#"{"inputs":"{\"sys.user_id\":\"bob\"}","inputs":"{\"sys.user_id\":\"alice\"}"}"#,
            false,
        ),
        (r#"{"inputs":{"sys.user_id":"alice"}}"#, false),
        (r#"{"sys.user_id":"alice","inputs":"{}"}"#, false),
        (r#"{"outputs":"{\"sys.user_id\":\"alice\"}"}"#, false),
        (r#"{"inputs":"{\"sys.user_id\":\"alice\"} x"}"#, false),
        (r#"{"inputs":"alice"}"#, false),
        (r#"{"inputs":null}"#, false),
        ("[]", false),
        ("", false),
    ];
    let alice = User::named("alice");
    for (body, expected) in cases {
        assert_eq!(
            owner::run_belongs_to(body.as_bytes(), &alice),
            expected,
            "{body}"
        );
    }
}

#[test]
fn the_target_of_a_redirect_is_told_to_the_log_alone() {
    let answer = judge(
        &context(),
        head(302, &[("location", "http://internal/v1/")]),
    );
    assert!(!answer.body.unwrap().contains("internal"));
    assert_eq!(
        answer.refusal.unwrap().log_detail(),
        Some("redirected to http://internal/v1/")
    );
}

#[test]
fn a_stream_that_does_not_end_well_ends_with_difys_error_frame() {
    let answer = judge(
        &context(),
        head(200, &[("content-type", "text/event-stream; charset=utf-8")]),
    );
    assert!(answer.frames);
    assert_eq!(
        answer.on_broken,
        "data: {\"event\":\"error\",\"code\":\"dify_unavailable\",\"message\":\"Dify's connection broke off before the stream's end.\",\"status\":502,\"request_id\":\"r1\"}\n\n"
    );
    assert_eq!(
        answer.on_timeout,
        "data: {\"event\":\"error\",\"code\":\"gateway_timeout\",\"message\":\"The stream was ended by the gateway: it was silent for 120 s, or longer than 590 s. The run may go on in Dify.\",\"status\":504,\"request_id\":\"r1\"}\n\n"
    );
}

#[test]
fn a_body_that_is_no_stream_is_cut_without_a_word() {
    let answer = judge(&context(), head(200, &[JSON]));
    assert_eq!(
        (answer.frames, answer.on_broken, answer.on_timeout),
        (false, String::new(), String::new())
    );
}
