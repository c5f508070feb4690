//! The responses of the test issuer, and the requests to it.

use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Method};
use serde_json::Value;

/// The response for one path.
#[derive(Clone, Debug)]
pub struct CannedResponse {
    /// The HTTP status.
    pub status: u16,
    /// Headers, such as `Cache-Control`.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}

impl CannedResponse {
    /// A status with a body and no header.
    pub fn new(status: u16, body: impl Into<Bytes>) -> Self {
        Self {
            status,
            headers: HeaderMap::new(),
            body: body.into(),
        }
    }

    /// 200 with JSON.
    pub fn json(value: &Value) -> Self {
        Self::new(200, value.to_string()).with_header("content-type", "application/json")
    }

    /// The response with one more header. A name or value that HTTP does not allow is left out.
    pub fn with_header(mut self, name: &'static str, value: &str) -> Self {
        if let Ok(value) = HeaderValue::from_str(value) {
            self.headers.append(HeaderName::from_static(name), value);
        }
        self
    }
}

/// How one path fails.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Fault {
    /// The connection is closed without an answer.
    Down,
    /// The status is good and the body an HTML page.
    Garbage,
    /// The body is the right one, with this many spaces before it.
    Huge(usize),
    /// The right response comes this late.
    Slow(Duration),
    /// An empty response with this status.
    Status(u16),
}

/// One request to the test issuer.
#[derive(Clone, Debug)]
pub struct Seen {
    /// The method.
    pub method: Method,
    /// The path without the query.
    pub path: String,
    /// The query; empty where there is none.
    pub query: String,
    /// The headers.
    pub headers: HeaderMap,
    /// The body.
    pub body: Bytes,
}
