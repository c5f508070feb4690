use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::*;
use crate::environment::TransportError;
use crate::error::{Code, Refusal};
use crate::events::RequestRecord;
use crate::token::User;

fn context() -> RelayContext {
    RelayContext {
        record: RequestRecord {
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
        (200, ("content-type", "text/event-stream")),
        (429, JSON),
        (400, JSON),
        (404, JSON),
        (412, JSON),
        (500, JSON),
    ] {
        let response = judge(&context(), head(status, &[headers]));
        assert_eq!(
            (response.status.as_u16(), response.body, response.refusal),
            (status, None, None),
            "{status}"
        );
        assert_eq!(response.headers.get("x-request-id").unwrap(), "r1");
    }
}

#[test]
fn a_response_that_is_not_of_the_api_becomes_json_and_never_a_401() {
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
            "Dify has nothing at this path. If only this operation fails, this version of Dify does not have it; if all \
             fail, `dify_api_url` is not the address of the API.",
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
            "A proxy between the gateway and Dify answered with status 413: the body is larger than it takes.",
        ),
        (
            head(431, &[HTML]),
            400,
            "bad_request",
            "Dify, or a proxy before it, refused the request before reading it, with status 431.",
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
            "Dify answered with a redirect, which the gateway does not follow. An administrator must put Dify's actual address into `dify_api_url`.",
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
            "The connection to Dify broke off before its response had arrived.",
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
            "What Dify sent is not an HTTP response of its API.",
        ),
        (
            Err(TransportError::TooLarge),
            502,
            "dify_answer_invalid",
            "What Dify sent is not an HTTP response of its API.",
        ),
        (
            Err(TransportError::Refused),
            500,
            "internal_error",
            "The gateway may not reach Dify's address.",
        ),
        (
            Err(TransportError::Busy),
            503,
            "busy",
            "The gateway has as many requests under way as it allows. Try again after the time in `Retry-After`.",
        ),
    ];
    for (upstream, status, code, message) in cases {
        let response = judge(&context(), upstream);
        let mut body = serde_json::json!({"code": code, "message": message, "status": status, "request_id": "r1"});
        let code = Code::ALL.iter().find(|known| known.as_str() == code);
        if let Some(address) = code.unwrap().documentation() {
            body["documentation"] = address.into();
        }
        let sent: serde_json::Value = serde_json::from_str(&response.body.unwrap()).unwrap();
        assert_eq!((response.status.as_u16(), sent), (status, body));
        assert_eq!(response.headers.get("www-authenticate"), None);
    }
}

#[test]
fn a_good_answer_is_of_the_type_that_the_operation_has() {
    const PAGE: &str = "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is the address of the API, which ends in `/v1`.";
    const ENCODED: &str = "Dify, or a proxy before it, compressed its response although the gateway asked it not to. An administrator must turn that off for `dify_api_url`.";
    let cases = [
        (Expected::Json, head(200, &[JSON]), None),
        (Expected::Json, head(200, &[HTML]), Some(PAGE)),
        (Expected::Json, head(200, &[]), Some(PAGE)),
        (Expected::Json, head(204, &[]), None),
        (
            Expected::BlockingRun,
            head(200, &[("content-type", "text/event-stream")]),
            None,
        ),
        (Expected::BlockingRun, head(200, &[HTML]), Some(PAGE)),
        (Expected::Events, head(200, &[HTML]), Some(PAGE)),
        (Expected::Bytes, head(200, &[HTML]), None),
        (
            Expected::Bytes,
            head(200, &[("content-type", "audio/mpeg")]),
            None,
        ),
        (
            Expected::Json,
            head(200, &[JSON, ("content-encoding", "gzip")]),
            Some(ENCODED),
        ),
        (
            Expected::Json,
            head(400, &[JSON, ("content-encoding", "br")]),
            Some(ENCODED),
        ),
        (
            Expected::Json,
            head(200, &[JSON, ("content-encoding", "Identity")]),
            None,
        ),
    ];
    for (response, upstream, message) in cases {
        let mut context = context();
        context.expectation.response = response;
        let expected = message.map(|message| Refusal::new(Code::DifyAnswerInvalid, message));
        assert_eq!(
            judge(&context, upstream.clone()).refusal,
            expected,
            "{response:?} {upstream:?}"
        );
    }
}

/// The refusal of a response with `status` and a page of HTML.
fn page(expectation: Expectation, status: u16) -> Refusal {
    let mut context = context();
    context.expectation = expectation;
    judge(&context, head(status, &[HTML])).refusal.unwrap()
}

#[test]
fn a_page_of_a_proxy_keeps_the_meaning_of_its_status() {
    let of_a_run = "it did not wait for the end of the run, which may go on. With `response_mode` `streaming` the \
                    response begins at once, so that its time limit does not matter.";
    let waited = "it waited too long for Dify.";
    let unreachable = "it cannot reach Dify.";
    let certificate =
        "it does not accept the certificate of Dify. An administrator must renew that.";
    let rows = [
        (Expected::BlockingRun, 504, Code::DifyTimeout, of_a_run),
        (Expected::BlockingRun, 524, Code::DifyTimeout, of_a_run),
        (Expected::BlockingRun, 408, Code::DifyTimeout, of_a_run),
        (Expected::Events, 524, Code::DifyTimeout, waited),
        (Expected::Json, 504, Code::DifyTimeout, waited),
        (
            Expected::Json,
            429,
            Code::RateLimited,
            "it limits how often Dify is asked. Try again later.",
        ),
        (
            Expected::Json,
            503,
            Code::DifyBusy,
            "Dify cannot take the request now. Try again later.",
        ),
        (
            Expected::Json,
            413,
            Code::BodyTooLarge,
            "the body is larger than it takes.",
        ),
        (
            Expected::Json,
            401,
            Code::DifyAnswerInvalid,
            "it requires authentication. An administrator must let the plugin pass, or put an address behind that proxy \
             into `dify_api_url`.",
        ),
        (Expected::Json, 521, Code::DifyUnavailable, unreachable),
        (Expected::Json, 522, Code::DifyUnavailable, unreachable),
        (Expected::Json, 523, Code::DifyUnavailable, unreachable),
        (Expected::Json, 530, Code::DifyUnavailable, unreachable),
        (Expected::Json, 525, Code::DifyUnavailable, certificate),
        (Expected::Json, 526, Code::DifyUnavailable, certificate),
    ];
    for (response, status, code, rest) in rows {
        let expectation = Expectation {
            response,
            address: Address::Usual,
        };
        let message =
            format!("A proxy between the gateway and Dify answered with status {status}: {rest}");
        assert_eq!(page(expectation, status), Refusal::new(code, message));
    }
    for status in [500, 502, 520, 599] {
        let message =
            format!("Dify, or a proxy before it, answered with status {status} and no JSON.");
        let refusal = Refusal::new(Code::DifyUnavailable, message);
        assert_eq!(page(Expectation::default(), status), refusal);
    }
}

#[test]
fn a_status_that_only_a_proxy_gives_is_a_proxys_even_with_json() {
    for status in [407, 520, 524, 526, 530] {
        let response = judge(&context(), head(status, &[JSON]));
        assert!(response.refusal.is_some(), "{status}");
        assert!(matches!(response.status.as_u16(), 502 | 504), "{status}");
    }
}

#[test]
fn when_to_try_again_is_passed_on_from_a_proxy_that_says_so() {
    let long = "9".repeat(30);
    let rows = [
        (429, "7", Some("7")),
        (
            503,
            "Fri, 31 Dec 1999 23:59:59 GMT",
            Some("Fri, 31 Dec 1999 23:59:59 GMT"),
        ),
        (429, long.as_str(), None),
        (502, "7", None),
    ];
    for (status, sent, expected) in rows {
        let response = judge(&context(), head(status, &[HTML, ("retry-after", sent)]));
        let found = response
            .headers
            .get("retry-after")
            .map(|wait| wait.to_str().unwrap());
        assert_eq!(found, expected, "{status} {sent}");
    }
}

#[test]
fn an_address_without_v1_is_named_where_the_api_is_not_found_there() {
    const REMEDY: &str = "An administrator must probably add `/v1` to the end of `dify_api_url`.";
    let expectation = Expectation {
        response: Expected::Json,
        address: Address::Unusual,
    };
    let missing = |status| {
        format!(
            "The address in `dify_api_url` does not end in `/v1`, and answered with status {status} and no JSON, as Dify \
             does where its API is not. {REMEDY}"
        )
    };
    let rows = [
        (404, missing(404)),
        (405, missing(405)),
        (
            307,
            format!("Dify answered with a redirect, which the gateway does not follow. {REMEDY}"),
        ),
        (
            200,
            format!(
                "The address in `dify_api_url` answered with something other than JSON. {REMEDY}"
            ),
        ),
    ];
    for (status, message) in rows {
        let refusal = page(expectation, status);
        let found = (refusal.code(), refusal.message());
        assert_eq!(found, (Code::DifyAnswerInvalid, message.as_str()));
    }
    // What Dify says itself about an unknown id stays.
    let mut context = context();
    context.expectation = expectation;
    let response = judge(&context, head(404, &[JSON]));
    assert_eq!((response.status.as_u16(), response.refusal), (404, None));
}

#[test]
fn the_context_of_a_relay_comes_back_as_it_went_and_holds_no_number_of_the_key() {
    let settings = r#"{"issuer":"https://idp.example","client_id":"app","app_key":"app-0"}"#;
    let settings = crate::settings::Settings::parse(settings).unwrap();
    let user = UserKey::new(&settings, &User::parse("sub", "alice").unwrap());
    let run = Counted::Run {
        user,
        id: "r1".to_owned(),
    };
    for counted in [Counted::No, Counted::OfUser(user), run] {
        let sent = RelayContext {
            counted,
            ..context()
        };
        let json = serde_json::to_value(&sent).unwrap();
        assert_eq!(
            serde_json::from_value::<RelayContext>(json.clone()).unwrap(),
            sent
        );
        let text = json["counted"].to_string();
        assert!(!text.contains("[") && text.len() < 100, "{text}");
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
        (r#"{"inputs":"[\"alice\"]"}"#, false),
        (r#"["{\"sys.user_id\":\"alice\"}"]"#, false),
        (
            r#"{"inputs":"{\"sys.user_id\":\"bob\",\"sys\u002euser_id\":\"alice\"}"}"#,
            false,
        ),
        (
            r#"{"inp\u0075ts":"{\"sys.user_id\":\"al\u0069ce\"}"}"#,
            true,
        ),
        ("[]", false),
        ("", false),
    ];
    let alice = User::parse("sub", "alice").unwrap();
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
    let response = judge(
        &context(),
        head(302, &[("location", "http://internal/v1/")]),
    );
    assert!(!response.body.unwrap().contains("internal"));
    assert_eq!(
        response.refusal.unwrap().log_detail(),
        Some("redirected to http://internal/v1/")
    );
}

#[test]
fn a_stream_that_does_not_end_well_ends_with_difys_error_frame() {
    let response = judge(
        &context(),
        head(200, &[("content-type", "text/event-stream; charset=utf-8")]),
    );
    assert!(response.frames);
    assert_eq!(
        response.on_broken,
        "data: {\"event\":\"error\",\"code\":\"dify_unavailable\",\"message\":\"The connection to Dify broke off before the end of the stream.\",\"status\":502,\"request_id\":\"r1\"}\n\n"
    );
    assert_eq!(
        response.on_timeout,
        "data: {\"event\":\"error\",\"code\":\"gateway_timeout\",\"message\":\"The stream was ended by the gateway: it was silent for 120 s, or longer than 590 s. The run may go on in Dify.\",\"status\":504,\"request_id\":\"r1\"}\n\n"
    );
}

#[test]
fn a_body_that_is_not_a_stream_is_cut_without_a_message() {
    let response = judge(&context(), head(200, &[JSON]));
    assert_eq!(
        (response.frames, response.on_broken, response.on_timeout),
        (false, String::new(), String::new())
    );
}
