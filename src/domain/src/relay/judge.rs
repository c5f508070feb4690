//! From the head of Dify's answer to what the client is answered.

use http::{HeaderMap, HeaderValue, StatusCode, header};

use super::RelayContext;
use super::error_frame::error_frame;
use crate::environment::TransportError;
use crate::error::{Code, Refusal};
use crate::operation::{Operation, ResponseKind};
use crate::response::{self, Challenge};

/// The head of Dify's answer.
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
    /// The gateway's own body; none where Dify's passes.
    pub body: Option<String>,
    /// Whether the body is server-sent events.
    pub frames: bool,
    /// What ends the body when Dify's connection breaks off.
    pub on_broken: String,
    /// What ends the body when a time limit passes.
    pub on_timeout: String,
    /// Why the answer is not Dify's.
    pub refusal: Option<Refusal>,
}

/// Judges the head of Dify's answer, or why there is none.
pub fn judge(
    context: &RelayContext,
    upstream: Result<ResponseHead, TransportError>,
) -> RelayResponse {
    let passed = upstream
        .map_err(refusal_of)
        .and_then(|head| passable(&context.trail.operation, head));
    let mut answer = match passed {
        Ok(head) => pass(&context.trail.request_id, &head),
        Err(refusal) => refuse(&context.trail.request_id, refusal),
    };
    response::set_request_id(&mut answer.headers, &context.trail.request_id);
    context.cors.apply(&mut answer.headers);
    answer
}

fn pass(request_id: &str, head: &ResponseHead) -> RelayResponse {
    let frames = response::is_event_stream(&head.headers);
    let end = |code, message| {
        if frames {
            error_frame(code, message, request_id)
        } else {
            String::new()
        }
    };
    RelayResponse {
        status: head.status,
        headers: response::of_dify(&head.headers),
        body: None,
        frames,
        on_broken: end(
            Code::DifyUnavailable,
            "Dify's connection broke off before the stream's end.",
        ),
        on_timeout: end(
            Code::GatewayTimeout,
            "The stream was ended by the gateway: it was silent for 120 s, or longer than 590 s. The run may go on in Dify.",
        ),
        refusal: None,
    }
}

fn refuse(request_id: &str, refusal: Refusal) -> RelayResponse {
    let answer = response::of_refusal(&refusal, request_id, &Challenge::default());
    RelayResponse {
        status: answer.status,
        headers: answer.headers,
        body: Some(response::body_of_refusal(&refusal, request_id)),
        frames: false,
        on_broken: String::new(),
        on_timeout: String::new(),
        refusal: Some(refusal),
    }
}

/// The head itself, where it is one that a client of Dify's API expects of the operation `handler`.
pub fn passable(handler: &str, head: ResponseHead) -> Result<ResponseHead, Refusal> {
    let status = head.status;
    if status == StatusCode::UNAUTHORIZED {
        // A client would take Dify's 401 for its own token's and throw a good token away.
        return Err(Refusal::new(
            Code::AppKeyRejected,
            "Dify refused the app key of this endpoint. An administrator must put a valid key into `app_key`.",
        ));
    }
    if status.is_redirection() {
        return Err(redirected(head.headers.get(header::LOCATION)));
    }
    if is_encoded(&head.headers) {
        return Err(Refusal::new(
            Code::DifyAnswerInvalid,
            "Dify, or a proxy before it, compressed its answer although the gateway asked it not to. An administrator must turn that off for `dify_api_url`.",
        ));
    }
    if status.is_success() && !is_api_answer(handler, &head) {
        return Err(Refusal::new(
            Code::DifyAnswerInvalid,
            "Dify answered with something other than JSON. An administrator must check that `dify_api_url` is the address of the API, which ends in `/v1`.",
        ));
    }
    if status.is_success() || response::is_json(&head.headers) {
        return Ok(head);
    }
    Err(not_json(status))
}

/// `Content-Encoding` does not pass, so a client could not read such a body.
fn is_encoded(headers: &HeaderMap) -> bool {
    headers
        .get(header::CONTENT_ENCODING)
        .is_some_and(|encoding| !encoding.as_bytes().eq_ignore_ascii_case(b"identity"))
}

/// Dify's web page lives beside its API and answers 200 to any path: that is what `dify_api_url` without `/v1` finds.
fn is_api_answer(handler: &str, head: &ResponseHead) -> bool {
    let any_type = Operation::of_handler(handler)
        .is_none_or(|operation| operation.answer == ResponseKind::Bytes);
    any_type
        || head.status == StatusCode::NO_CONTENT
        || response::is_json(&head.headers)
        || response::is_event_stream(&head.headers)
}

fn redirected(location: Option<&HeaderValue>) -> Refusal {
    let detail = location
        .and_then(|location| location.to_str().ok())
        .unwrap_or("nowhere");
    Refusal::new(
        Code::DifyAnswerInvalid,
        "Dify answered with a redirect, which the gateway does not follow. An administrator must put the address that Dify really has into `dify_api_url`.",
    )
    .with_log_detail(format!("redirected to {detail}"))
}

/// Pages of HTML, from Dify's framework (404, 405, 400, 431) or from a proxy before it.
fn not_json(status: StatusCode) -> Refusal {
    match status {
        StatusCode::NOT_FOUND => Refusal::new(Code::NotFound, "Dify has no such resource."),
        StatusCode::METHOD_NOT_ALLOWED => Refusal::new(
            Code::MethodNotAllowed,
            "Dify does not take this method on this path.",
        ),
        StatusCode::PAYLOAD_TOO_LARGE => {
            Refusal::new(Code::BodyTooLarge, "The body is larger than Dify takes.")
        }
        status if status.is_client_error() => Refusal::new(
            Code::BadRequest,
            format!(
                "Dify refused the request before reading it, with status {}.",
                status.as_u16()
            ),
        ),
        status => Refusal::new(
            Code::DifyUnavailable,
            format!(
                "Dify, or a proxy before it, answered with status {} and no JSON.",
                status.as_u16()
            ),
        ),
    }
}

/// Why Dify has no answer, in the client's words.
pub fn refusal_of(error: TransportError) -> Refusal {
    let (code, message) = match error {
        TransportError::Timeout => (Code::DifyTimeout, "Dify did not answer in time."),
        TransportError::Connect => (Code::DifyUnavailable, "Dify could not be reached."),
        TransportError::Broken => (
            Code::DifyUnavailable,
            "Dify's connection broke off before its answer had come.",
        ),
        TransportError::Tls => (
            Code::DifyUnavailable,
            "Dify's certificate could not be verified. An administrator can put a private CA into `ca_certificates`.",
        ),
        TransportError::Malformed | TransportError::TooLarge => (
            Code::DifyAnswerInvalid,
            "What Dify answered is no HTTP answer of its API.",
        ),
        TransportError::Refused => (
            Code::InternalError,
            "The gateway may not reach Dify's address.",
        ),
    };
    Refusal::new(code, message).with_log_detail(error.to_string())
}
