//! What the client gets: the gateway's own responses, and the headers of Dify's.

use http::header::{CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use crate::request::fields;

mod challenge;
pub mod cors;
mod dify_headers;
mod rate_limit;
mod refusal;

pub use challenge::Challenge;
pub use dify_headers::{is_event_stream, is_json, of_dify};
pub use rate_limit::RateLimit;
pub use refusal::{body_of_refusal, of_refusal, set_retry_after};

/// The name under which every response carries its request's id.
pub const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The name under which the page sends its page token with each request.
pub const X_GATEWAY_PAGE: HeaderName = HeaderName::from_static(fields::PAGE_TOKEN);

const JSON: HeaderValue = HeaderValue::from_static("application/json");
const HTML: HeaderValue = HeaderValue::from_static("text/html; charset=utf-8");
const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");

/// A whole response.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Response {
    /// The status.
    pub status: StatusCode,
    /// The headers; one value a name, because the daemon sends no more.
    pub headers: HeaderMap,
    /// The body.
    pub body: Vec<u8>,
}

impl Response {
    /// A response of the gateway's own in JSON, which no cache may keep.
    pub fn json(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, JSON), (CACHE_CONTROL, NO_STORE)]);
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// A document of the gateway's own, which no cache may keep.
    pub fn html(status: StatusCode, body: impl Into<Vec<u8>>) -> Self {
        let headers = HeaderMap::from_iter([(CONTENT_TYPE, HTML), (CACHE_CONTROL, NO_STORE)]);
        Self {
            status,
            headers,
            body: body.into(),
        }
    }

    /// A text of the gateway's own, which no cache may keep.
    pub fn text(status: StatusCode, content_type: &'static str, body: impl Into<Vec<u8>>) -> Self {
        let content_type = HeaderValue::from_static(content_type);
        Self {
            status,
            headers: HeaderMap::from_iter([
                (CONTENT_TYPE, content_type),
                (CACHE_CONTROL, NO_STORE),
            ]),
            body: body.into(),
        }
    }

    /// A response without a body.
    pub fn empty(status: StatusCode) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: Vec::new(),
        }
    }
}

/// A header value of the gateway's own text; an empty one where the text cannot be one.
fn header_value(text: &str) -> HeaderValue {
    HeaderValue::from_str(text).unwrap_or(HeaderValue::from_static(""))
}

/// Adds the request's id, which an administrator finds again in the log.
pub fn set_request_id(headers: &mut HeaderMap, request_id: &str) {
    headers.insert(X_REQUEST_ID, header_value(request_id));
}

#[cfg(test)]
mod tests;
