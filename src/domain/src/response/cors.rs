//! Cross-origin requests of browsers (Fetch standard, «CORS protocol»).

use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_HEADERS,
    ACCESS_CONTROL_REQUEST_METHOD, ALLOW, ORIGIN, VARY,
};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use super::{Response, X_GATEWAY_PAGE, header_value};
use crate::limits;
use crate::settings::AllowedOrigins;

/// What a browser's script may read, besides what needs no permission.
const EXPOSED: HeaderValue = HeaderValue::from_static(
    "Content-Disposition, Mcp-Session-Id, RateLimit, RateLimit-Policy, Retry-After, WWW-Authenticate, X-Request-Id, X-Version",
);
/// Seconds that a browser may remember a preflight; changed settings are felt after it.
const MAX_AGE: HeaderValue = HeaderValue::from_static("600");

/// The CORS headers of every response to one request.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct CorsHeaders {
    /// The value of `Access-Control-Allow-Origin`; `None` where the origin may not read the response.
    allow_origin: Option<String>,
}

impl CorsHeaders {
    /// Decides by the setting `allowed_origins` and the request's `Origin`.
    pub fn decide(allowed: &AllowedOrigins, request: &HeaderMap) -> Self {
        let origin = request.get(ORIGIN).filter(|origin| allowed.allow(origin));
        let origin = origin.and_then(|origin| origin.to_str().ok());
        let allow_origin = origin.map(|origin| match allowed {
            AllowedOrigins::Any => "*".to_owned(),
            _ => origin.to_owned(),
        });
        Self { allow_origin }
    }

    /// For what everybody may read, such as metadata without a secret.
    pub fn of_anybody() -> Self {
        Self {
            allow_origin: Some("*".to_owned()),
        }
    }

    /// Puts them into `headers`, beside the `Vary` that is already there.
    ///
    /// The responses to other origins have `Vary` too, or a cache would serve theirs to an allowed one.
    pub fn apply(&self, headers: &mut HeaderMap) {
        let vary = match headers.get(VARY).and_then(|vary| vary.to_str().ok()) {
            Some(vary) => format!("{vary}, Origin"),
            None => "Origin".to_owned(),
        };
        headers.insert(VARY, header_value(&vary));
        if let Some(origin) = &self.allow_origin {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, header_value(origin));
            headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, EXPOSED);
        }
    }

    /// The response to OPTIONS on a path that has `methods` (comma-separated), preflight or not, before [`Self::apply`].
    pub fn options(&self, methods: &str, request: &HeaderMap) -> Response {
        let mut response = Response::empty(StatusCode::NO_CONTENT);
        let headers = &mut response.headers;
        headers.insert(ALLOW, header_value(methods));
        if self.allow_origin.is_some() && request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
            headers.insert(ACCESS_CONTROL_ALLOW_METHODS, header_value(methods));
            headers.insert(
                ACCESS_CONTROL_ALLOW_HEADERS,
                header_value(&allowed_fields(request)),
            );
            headers.insert(ACCESS_CONTROL_MAX_AGE, MAX_AGE);
        }
        response
    }
}

/// The fields that the page's script wants to send, each name once. All of them are allowed, because the origin is; those
/// that are not relayed do nothing. The page token is the exception: it is for requests of the endpoint's own page. What would make the head of the response too long is left out.
fn allowed_fields(request: &HeaderMap) -> String {
    let requested = request.get(ACCESS_CONTROL_REQUEST_HEADERS);
    let requested = requested
        .and_then(|names| names.to_str().ok())
        .unwrap_or("");
    let mut allowed: Vec<HeaderName> = Vec::new();
    let mut room = limits::PREFLIGHT_NAMES;
    for name in requested.split(',').map(str::trim) {
        let Ok(name) = HeaderName::from_bytes(name.as_bytes()) else {
            continue;
        };
        let length = name.as_str().len() + ", ".len();
        let is_refused = name == X_GATEWAY_PAGE || allowed.contains(&name);
        if length > room || allowed.len() >= limits::PREFLIGHT_FIELDS || is_refused {
            continue;
        }
        room -= length;
        allowed.push(name);
    }
    let names: Vec<&str> = allowed.iter().map(HeaderName::as_str).collect();
    names.join(", ")
}
