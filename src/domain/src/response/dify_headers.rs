//! Which headers of Dify's responses pass to the client.

use http::header::{
    CACHE_CONTROL, CONTENT_DISPOSITION, CONTENT_LENGTH, CONTENT_TYPE, RETRY_AFTER, VARY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderName, HeaderValue};

use super::{NO_STORE, header_value};

/// Everything else is hop-by-hop, a cookie, or Dify's own CORS, and is dropped.
const PASSED: [HeaderName; 8] = [
    CONTENT_DISPOSITION,
    CONTENT_LENGTH,
    CONTENT_TYPE,
    RETRY_AFTER,
    X_CONTENT_TYPE_OPTIONS,
    HeaderName::from_static("x-env"),
    HeaderName::from_static("x-trace-id"),
    HeaderName::from_static("x-version"),
];

const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// Whether a response is a stream of server-sent events.
pub fn is_event_stream(upstream: &HeaderMap) -> bool {
    media_type(upstream).eq_ignore_ascii_case("text/event-stream")
}

/// Whether a response is JSON.
pub fn is_json(upstream: &HeaderMap) -> bool {
    media_type(upstream).eq_ignore_ascii_case("application/json")
}

fn media_type(upstream: &HeaderMap) -> &str {
    let value = upstream
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok())
        .unwrap_or("");
    value.split(';').next().unwrap_or("").trim()
}

/// The headers that the client gets of a response whose body passes unchanged. Where people sign in with their browser
/// (`has_sessions`), a request may bring the page token in place of a bearer token.
pub fn of_dify(upstream: &HeaderMap, has_sessions: bool) -> HeaderMap {
    let mut headers: HeaderMap = PASSED
        .into_iter()
        .filter_map(|name| Some((name.clone(), upstream.get(&name)?.clone())))
        .collect();
    if is_event_stream(upstream) {
        headers.remove(CONTENT_LENGTH);
        // nginx and others would hold the events back until a buffer is full.
        headers.insert(
            CACHE_CONTROL,
            HeaderValue::from_static("no-cache, no-transform"),
        );
        headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        return headers;
    }
    let cache_control = upstream
        .get(CACHE_CONTROL)
        .and_then(|value| value.to_str().ok());
    headers.insert(CACHE_CONTROL, cache_control.map_or(NO_STORE, private));
    // Two people who use one browser profile after each other get no file of the other from its cache. `Cookie` is not
    // named, because what other pages of the host set changes nothing; the page token is another one for each login.
    let credentials = if has_sessions {
        "Authorization, X-Gateway-Page"
    } else {
        "Authorization"
    };
    headers.insert(VARY, HeaderValue::from_static(credentials));
    headers
}

/// Dify marks files of one user `public` (`file_preview.py`); a shared cache must never keep them.
fn private(cache_control: &str) -> HeaderValue {
    let shared = |directive: &str| {
        let name = directive.split('=').next().unwrap_or("").trim();
        ["public", "private", "s-maxage", "proxy-revalidate"]
            .iter()
            .any(|shared| name.eq_ignore_ascii_case(shared))
    };
    let rest = cache_control
        .split(',')
        .map(str::trim)
        .filter(|directive| !directive.is_empty() && !shared(directive));
    let directives: Vec<&str> = std::iter::once("private").chain(rest).collect();
    header_value(&directives.join(", "))
}
