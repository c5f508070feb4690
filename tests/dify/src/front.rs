//! What comes before the routes: gunicorn's limits, the test's faults, Flask's redirects, and
//! the headers that every answer has.

use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::{Body, to_bytes};
use axum::extract::Request;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream::{self, StreamExt};
use http::header::{
    ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
    ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_REQUEST_HEADERS, ACCESS_CONTROL_REQUEST_METHOD,
    ALLOW, CONTENT_LENGTH, HOST, ORIGIN, VARY,
};
use http::request::Parts;
use http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, Uri};
use percent_encoding::{AsciiSet, NON_ALPHANUMERIC, percent_decode_str, utf8_percent_encode};
use tower::ServiceExt;

use crate::faults::Fault;
use crate::refusal::{gunicorn_page, redirect};
use crate::world::World;

/// Gunicorn's `limit_request_line`, in bytes.
const REQUEST_LINE: usize = 4094;
/// Gunicorn's `limit_request_field_size`, in bytes.
const HEADER: usize = 8190;
/// Nginx's `client_max_body_size` in Dify's Docker image, in bytes.
const BODY: usize = 100 * 1024 * 1024;

/// Time for hyper to write what it holds before a connection breaks.
const FLUSH: Duration = Duration::from_millis(50);

/// What a path segment may hold as it is (RFC 3986, section 2.3).
pub(crate) const UNRESERVED: &AsciiSet = &NON_ALPHANUMERIC
    .remove(b'-')
    .remove(b'.')
    .remove(b'_')
    .remove(b'~');
const PATH: &AsciiSet = &UNRESERVED.remove(b'/');

/// The connection ends without an answer.
#[derive(Debug)]
pub(crate) enum Abort {
    Close,
    /// These bytes go out instead of one.
    Garbage(Vec<u8>),
}

impl std::fmt::Display for Abort {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        formatter.write_str("the connection is closed on purpose")
    }
}

impl std::error::Error for Abort {}

/// Answers one request.
pub(crate) async fn answer(
    world: Arc<World>,
    router: Router,
    request: Request,
) -> Result<Response, Abort> {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, BODY).await.map_err(|_| Abort::Close)?;
    world.seen.add(&head, &body);
    if let Some(page) = refused_by_gunicorn(&head) {
        return Ok(page);
    }
    let path = head.uri.path().trim_start_matches("/v1");
    let fault = world.faults.take(path, &body);
    match &fault {
        Some(Fault::CloseBeforeHead) => return Err(Abort::Close),
        Some(Fault::Garbage(bytes)) => return Err(Abort::Garbage(bytes.clone())),
        Some(Fault::Delay(delay)) => tokio::time::sleep(*delay).await,
        Some(Fault::Answer {
            status,
            headers,
            body,
        }) => return Ok(instead(*status, headers, body)),
        _ => {}
    }
    let response = with_headers(&head, routed(router, &head, body).await);
    Ok(match fault {
        Some(Fault::CutBody(length)) => cut(response, length),
        Some(Fault::HugeHeaders(length)) => fill(response, length),
        Some(Fault::NeverEnd) => without_end(response),
        _ => response,
    })
}

fn refused_by_gunicorn(head: &Parts) -> Option<Response> {
    let line = head.method.as_str().len() + head.uri.to_string().len() + "  HTTP/1.1".len();
    if line > REQUEST_LINE {
        let detail = format!("Request Line is too large ({line} &gt; {REQUEST_LINE})");
        return Some(gunicorn_page(StatusCode::BAD_REQUEST, &detail));
    }
    let is_large =
        |(name, value): (&HeaderName, &HeaderValue)| name.as_str().len() + value.len() + 2 > HEADER;
    head.headers.iter().any(is_large).then(|| {
        let detail = "Error parsing headers: &#x27;limit request headers fields size&#x27;";
        gunicorn_page(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, detail)
    })
}

/// The response of the routes, which see the path decoded, `%2F` included.
async fn routed(router: Router, head: &Parts, body: Bytes) -> Response {
    let path = percent_decode_str(head.uri.path()).decode_utf8_lossy();
    let query = head
        .uri
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    if path == "/v1" || path.contains("//") {
        let merged: Vec<&str> = path
            .split('/')
            .filter(|segment| !segment.is_empty())
            .collect();
        let slash = if path == "/v1" { "/" } else { "" };
        let host = head
            .headers
            .get(HOST)
            .and_then(|host| host.to_str().ok())
            .unwrap_or_default();
        return redirect(&format!("http://{host}/{}{slash}{query}", merged.join("/")));
    }
    let uri = format!("{}{query}", utf8_percent_encode(&path, PATH)).parse::<Uri>();
    let mut request = Request::from_parts(head.clone(), Body::from(body));
    if let Ok(uri) = uri {
        *request.uri_mut() = uri;
    }
    router
        .oneshot(request)
        .await
        .unwrap_or_else(|never| match never {})
}

fn with_headers(head: &Parts, mut response: Response) -> Response {
    let status = response.status();
    let is_answered = !matches!(
        status,
        StatusCode::METHOD_NOT_ALLOWED | StatusCode::PERMANENT_REDIRECT
    );
    let is_page = response
        .headers()
        .get("content-type")
        .is_some_and(|media_type| media_type.as_bytes().starts_with(b"text/html"));
    let is_unknown = status == StatusCode::NOT_FOUND && is_page && head.uri.path() != "/v1/";
    let headers = response.headers_mut();
    headers.insert("x-version", HeaderValue::from_static("1.16.1"));
    headers.insert("x-env", HeaderValue::from_static("PRODUCTION"));
    headers.insert(VARY, HeaderValue::from_static("Cookie"));
    let allowed = headers.remove(ALLOW);
    if is_answered && !is_unknown {
        allow_origin(&head.headers, headers);
    }
    if head.method == Method::OPTIONS && status == StatusCode::OK {
        describe_options(&head.headers, headers, allowed);
    }
    response
}

/// What flask-cors adds to every answer of the API.
fn allow_origin(request: &HeaderMap, headers: &mut HeaderMap) {
    headers.insert(
        ACCESS_CONTROL_EXPOSE_HEADERS,
        HeaderValue::from_static("X-Env, X-Trace-Id, X-Version"),
    );
    match request.get(ORIGIN) {
        None => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, HeaderValue::from_static("*"));
        }
        Some(origin) => {
            headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin.clone());
            headers.insert(VARY, HeaderValue::from_static("Origin, Cookie"));
        }
    }
}

/// `Allow`, and in a preflight what flask-cors allows.
fn describe_options(request: &HeaderMap, headers: &mut HeaderMap, allowed: Option<HeaderValue>) {
    let methods = allowed
        .as_ref()
        .and_then(|methods| methods.to_str().ok())
        .unwrap_or_default()
        .replace(',', ", ");
    if let Ok(methods) = HeaderValue::from_str(&format!("{methods}, OPTIONS")) {
        headers.insert(ALLOW, methods);
    }
    if !request.contains_key(ACCESS_CONTROL_REQUEST_METHOD) {
        return;
    }
    let all = HeaderValue::from_static("DELETE, GET, OPTIONS, PATCH, POST, PUT");
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, all);
    let asked = request
        .get(ACCESS_CONTROL_REQUEST_HEADERS)
        .and_then(|names| names.to_str().ok())
        .unwrap_or_default();
    let mut names: Vec<String> = asked
        .split(',')
        .map(|name| name.trim().to_ascii_lowercase())
        .collect();
    names.retain(|name| {
        matches!(
            name.as_str(),
            "authorization" | "content-type" | "x-app-code" | "x-app-passport"
        )
    });
    names.sort_unstable();
    if let Ok(names) = HeaderValue::from_str(&names.join(", ")) {
        headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, names);
    }
}

fn instead(status: u16, headers: &[(String, String)], body: &[u8]) -> Response {
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, body.to_vec()).into_response();
    response.headers_mut().remove("content-type");
    for (name, value) in headers {
        if let (Ok(name), Ok(value)) = (HeaderName::try_from(name), HeaderValue::try_from(value)) {
            response.headers_mut().append(name, value);
        }
    }
    response
}

/// The first bytes of the body; then the connection breaks.
fn cut(response: Response, length: usize) -> Response {
    let (mut head, body) = response.into_parts();
    // A response of a known length must still promise it, or the break would look like its end.
    if let Some(exact) = http_body::Body::size_hint(&body).exact() {
        head.headers
            .insert(CONTENT_LENGTH, HeaderValue::from(exact));
    }
    let pieces = body.into_data_stream().scan(length, |left, piece| {
        let piece = piece.ok().filter(|_| *left > 0);
        let piece = piece.map(|piece| piece.slice(..piece.len().min(*left)));
        *left -= piece.as_ref().map_or(0, Bytes::len);
        std::future::ready(piece.map(Ok))
    });
    let pieces = pieces.chain(stream::once(async {
        // What was written before has to leave first.
        tokio::time::sleep(FLUSH).await;
        Err(Abort::Close)
    }));
    Response::from_parts(head, Body::from_stream(pieces))
}

fn fill(mut response: Response, length: usize) -> Response {
    for index in 0..length.div_ceil(4096) {
        let name = HeaderName::try_from(format!("x-filler-{index}"));
        if let (Ok(name), Ok(value)) = (name, HeaderValue::try_from("x".repeat(4096))) {
            response.headers_mut().insert(name, value);
        }
    }
    response
}

fn without_end(response: Response) -> Response {
    let (mut head, body) = response.into_parts();
    head.headers.remove(CONTENT_LENGTH);
    Response::from_parts(
        head,
        Body::from_stream(body.into_data_stream().chain(stream::pending())),
    )
}
