//! From the head of Dify's response to what the client gets.

use http::{HeaderMap, StatusCode, header};

use super::error_frame::error_frame;
use super::expectation::{Expectation, Expected};
use super::{RelayContext, not_json};
use crate::environment::TransportError;
use crate::error::{Code, Refusal, last_resort};
use crate::limits;
use crate::response::{self, Challenge};

/// The head of Dify's response.
#[derive(Clone, Debug)]
pub struct ResponseHead {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
}

/// What the client of a relay gets.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct RelayResponse {
    /// The status.
    pub status: StatusCode,
    /// The headers.
    pub headers: HeaderMap,
    /// The gateway's own body; `None` where Dify's passes.
    pub body: Option<String>,
    /// Whether the body is server-sent events.
    pub frames: bool,
    /// What ends the body when Dify's connection breaks off.
    pub on_broken: String,
    /// What ends the body when a time limit passes.
    pub on_timeout: String,
    /// Why the response is not Dify's.
    pub refusal: Option<Refusal>,
}

/// Judges the head of Dify's response, or the error that came in its place.
pub fn judge(
    context: &RelayContext,
    upstream: Result<ResponseHead, TransportError>,
) -> RelayResponse {
    let request_id = &context.record.request_id;
    let retry_after = upstream
        .as_ref()
        .ok()
        .and_then(|head| not_json::retry_after(head.status, &head.headers));
    let passed = upstream
        .map_err(refusal_of)
        .and_then(|head| passable(&context.expectation, head));
    let mut response = match passed {
        Ok(head) => pass(context, &head),
        Err(refusal) => refuse(request_id, refusal),
    };
    if let Some(wait) = retry_after {
        response.headers.insert(header::RETRY_AFTER, wait);
    }
    response::set_request_id(&mut response.headers, request_id);
    if let Some(rate_limit) = context.rate_limit {
        rate_limit.apply(&mut response.headers);
    }
    context.cors.apply(&mut response.headers);
    response
}

fn pass(context: &RelayContext, head: &ResponseHead) -> RelayResponse {
    let request_id = &context.record.request_id;
    let frames = response::is_event_stream(&head.headers);
    let timed_out = format!(
        "The stream was ended by the gateway: it was silent for {} s, or longer than {} s. The run may go on in Dify.",
        limits::DIFY_SILENCE.as_secs(),
        limits::DIFY_TOTAL.as_secs()
    );
    let end = |code, message: &str| {
        if frames {
            error_frame(code, message, request_id)
        } else {
            String::new()
        }
    };
    RelayResponse {
        status: head.status,
        headers: response::of_dify(&head.headers, context.is_for_browsers),
        body: None,
        frames,
        on_broken: end(
            Code::DifyUnavailable,
            "The connection to Dify broke off before the end of the stream.",
        ),
        on_timeout: end(Code::GatewayTimeout, &timed_out),
        refusal: None,
    }
}

fn refuse(request_id: &str, refusal: Refusal) -> RelayResponse {
    let response = response::of_refusal(&refusal, request_id, &Challenge::default());
    RelayResponse {
        status: response.status,
        headers: response.headers,
        body: Some(response::body_of_refusal(&refusal, request_id)),
        frames: false,
        on_broken: String::new(),
        on_timeout: String::new(),
        refusal: Some(refusal),
    }
}

/// The head itself, where it is one that a client of Dify's API expects.
///
/// # Errors
/// Why it is not.
pub fn passable(expectation: &Expectation, head: ResponseHead) -> Result<ResponseHead, Refusal> {
    let status = head.status;
    let is_json = response::is_json(&head.headers);
    if status.is_redirection() {
        let location = head.headers.get(header::LOCATION);
        return Err(not_json::redirect(expectation, location));
    }
    if !status.is_success() && (!is_json || not_json::is_of_a_proxy(status)) {
        return Err(not_json::refusal(expectation, status));
    }
    if is_encoded(&head.headers) {
        return Err(Refusal::new(
            Code::DifyAnswerInvalid,
            "Dify, or a proxy before it, compressed its response although the gateway asked it not to. An administrator must turn that off for `dify_api_url`.",
        ));
    }
    if status.is_success() && !is_expected(expectation.response, &head) {
        return Err(not_json::page(expectation));
    }
    if status == StatusCode::UNAUTHORIZED {
        // A client would take Dify's 401 for its own token's and throw a good token away.
        return Err(app_key_rejected());
    }
    Ok(head)
}

/// Dify does not know the key that the endpoint has.
pub fn app_key_rejected() -> Refusal {
    Refusal::new(
        Code::AppKeyRejected,
        "Dify refused the app key of this endpoint. An administrator must put a valid key into `app_key`.",
    )
}

/// `Content-Encoding` does not pass, so a client could not read such a body.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Dify may answer a stream in JSON, and an agent app a blocking request with a stream.
fn is_expected(expected: Expected, head: &ResponseHead) -> bool {
    expected == Expected::Bytes
        || head.status == StatusCode::NO_CONTENT
        || response::is_json(&head.headers)
        || response::is_event_stream(&head.headers)
}

/// Why there is no response of Dify, in the client's words.
pub fn refusal_of(error: TransportError) -> Refusal {
    let (code, message) = match error {
        TransportError::Busy => return last_resort::busy(),
        TransportError::Timeout => (Code::DifyTimeout, "Dify did not answer in time."),
        TransportError::Connect => (Code::DifyUnavailable, "Dify could not be reached."),
        TransportError::Broken => (
            Code::DifyUnavailable,
            "The connection to Dify broke off before its response had arrived.",
        ),
        TransportError::Tls => (
            Code::DifyUnavailable,
            "Dify's certificate could not be verified. An administrator can put a private CA into `ca_certificates`.",
        ),
        TransportError::Malformed | TransportError::TooLarge => (
            Code::DifyAnswerInvalid,
            "What Dify sent is not an HTTP response of its API.",
        ),
        TransportError::Refused => (
            Code::InternalError,
            "The gateway may not reach Dify's address.",
        ),
    };
    Refusal::new(code, message).with_log_detail(error.to_string())
}
