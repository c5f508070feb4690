//! A refusal in Dify's error shape (`api/libs/external_api.py`), with the request's id and, where there is more to do, the
//! address of a document.

use http::header::{ALLOW, RETRY_AFTER, WWW_AUTHENTICATE};
use http::{HeaderMap, HeaderValue};
use serde::Serialize;

use super::{Challenge, Response, header_value};
use crate::error::Refusal;
use crate::json;
use crate::time::whole_seconds;

#[derive(Serialize)]
struct Body<'a> {
    code: &'static str,
    message: &'a str,
    status: u16,
    request_id: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    documentation: Option<String>,
}

/// The JSON of a refusal.
pub fn body_of_refusal(refusal: &Refusal, request_id: &str) -> String {
    let body = Body {
        code: refusal.code().as_str(),
        message: refusal.message(),
        status: refusal.code().status().as_u16(),
        request_id,
        documentation: refusal.documentation(),
    };
    json::text(&body)
}

/// The whole response of a refusal.
pub fn of_refusal(refusal: &Refusal, request_id: &str, challenge: &Challenge) -> Response {
    let mut response = Response::json(
        refusal.code().status(),
        body_of_refusal(refusal, request_id),
    );
    let headers = &mut response.headers;
    if refusal.code().has_challenge() {
        headers.insert(WWW_AUTHENTICATE, header_value(&challenge.value(refusal)));
    }
    set_retry_after(headers, refusal);
    if let Some(allow) = refusal.allow() {
        headers.insert(ALLOW, allow.clone());
    }
    response
}

/// Adds `Retry-After` where the refusal says how long to wait.
pub fn set_retry_after(headers: &mut HeaderMap, refusal: &Refusal) {
    if let Some(wait) = refusal.retry_after() {
        headers.insert(RETRY_AFTER, HeaderValue::from(whole_seconds(wait)));
    }
}
