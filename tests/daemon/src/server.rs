//! The daemon's HTTP side: `/e/<hook_id>/…` (`server/http_server.go`, `server/endpoint.go`).

use std::collections::HashMap;
use std::convert::Infallible;
use std::sync::{Arc, Mutex, PoisonError};

use bytes::Bytes;
use http::header::{CONTENT_TYPE, LOCATION};
use http::{HeaderValue, Method, Request, Response, StatusCode};
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming as IncomingBody;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::net::TcpListener;
use tokio::task::JoinSet;

use crate::answer::{AnswerBody, Lost, answer};
use crate::failure::Failure;
use crate::go_url;
use crate::local::Local;
use crate::message::request_line;
use crate::options::{Hook, Limits};
use crate::raw_request::Incoming;
use crate::secrets::Secrets;

/// The methods that gin has a route for; PATCH is not among them.
/// What Go's server reads of a head: `DefaultMaxHeaderBytes` and 4096 bytes (`net/http/server.go`).
const HEAD_BYTES: usize = 1024 * 1024 + 4096;
/// Go's server does not count the fields. A `HeaderMap` of the crate `http` holds no more.
const HEAD_FIELDS: usize = 24_000;

const METHODS: [Method; 6] = [
    Method::HEAD,
    Method::POST,
    Method::GET,
    Method::PUT,
    Method::DELETE,
    Method::OPTIONS,
];

/// What all requests share.
#[derive(Debug)]
pub(crate) struct State {
    pub(crate) hooks: Mutex<HashMap<String, Hook>>,
    pub(crate) local: Arc<Local>,
    pub(crate) limits: Limits,
    pub(crate) lost: Lost,
    pub(crate) secrets: Option<Secrets>,
}

/// Serves until the task is dropped, and the open connections with it.
pub(crate) async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Each chunk is flushed for itself; without this the kernel would hold small ones back.
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        let service = service_fn(move |request| handle(Arc::clone(&state), request));
        connections.spawn(async move {
            let mut builder = http1::Builder::new();
            builder
                .timer(TokioTimer::new())
                .title_case_headers(true)
                .max_buf_size(HEAD_BYTES)
                .max_headers(HEAD_FIELDS);
            // A connection that breaks is the client's affair.
            let _ = builder
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn handle(
    state: Arc<State>,
    request: Request<IncomingBody>,
) -> Result<Response<AnswerBody>, Infallible> {
    let Some(path) = go_url::unescape_path(request.uri().path()) else {
        return Ok(text(
            StatusCode::BAD_REQUEST,
            "text/plain; charset=utf-8",
            "400 Bad Request",
        ));
    };
    Ok(match Route::of(request.method(), &path) {
        Route::Endpoint { hook_id, path } => invoke(&state, hook_id, path, request)
            .await
            .unwrap_or_else(|failure| json(failure.status, failure.body())),
        Route::Redirect => redirect(&request),
        Route::Unknown => json(
            StatusCode::NOT_FOUND,
            r#"{"code":"not_found","message":"route not found"}"#,
        ),
    })
}

/// Where gin sends a request.
#[derive(Debug, Eq, PartialEq)]
enum Route<'a> {
    Endpoint {
        hook_id: &'a [u8],
        path: &'a [u8],
    },
    /// The slash after the hook is missing (gin's `RedirectTrailingSlash`).
    Redirect,
    Unknown,
}

impl<'a> Route<'a> {
    fn of(method: &Method, path: &'a [u8]) -> Self {
        let Some(rest) = path
            .strip_prefix(b"/e/")
            .filter(|_| METHODS.contains(method))
        else {
            return Self::Unknown;
        };
        match rest
            .iter()
            .position(|&byte| byte == b'/')
            .and_then(|slash| rest.split_at_checked(slash))
        {
            Some((hook_id, path)) => Self::Endpoint { hook_id, path },
            None if rest.is_empty() => Self::Unknown,
            None => Self::Redirect,
        }
    }
}

async fn invoke(
    state: &State,
    hook_id: &[u8],
    path: &[u8],
    request: Request<IncomingBody>,
) -> Result<Response<AnswerBody>, Failure> {
    let hook = str::from_utf8(hook_id).ok().and_then(|id| {
        state
            .hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .get(id)
            .cloned()
    });
    let hook = hook.ok_or_else(Failure::endpoint_not_found)?;
    let (head, body) = request.into_parts();
    let body = read(body, state.limits.request_body).await?;
    let incoming = Incoming {
        method: &head.method,
        hook_id: &hook.id,
        path,
        query: head.uri.query(),
        headers: &head.headers,
        body: &body,
    };
    let raw = incoming.write();
    let settings = match &state.secrets {
        Some(secrets) => secrets.decrypted(&hook).await?,
        None => hook.settings,
    };
    let line = |session_id: &str| request_line(session_id, &hook.endpoint_id, &raw, &settings);
    let session = state.local.call(line).await.map_err(Failure::internal)?;
    answer(session, &state.limits, &state.lost).await
}

/// Keeps the first bytes up to the limit and cuts the rest silently.
///
/// The rest is read and thrown away, because in Dify nginx has read the whole upload before.
async fn read(mut body: IncomingBody, limit: usize) -> Result<Vec<u8>, Failure> {
    let mut kept = Vec::new();
    while let Some(frame) = body.frame().await {
        let frame = frame.map_err(|error| Failure::internal(error.to_string()))?;
        if let Some(data) = frame.data_ref() {
            kept.extend(data.iter().take(limit - kept.len()));
        }
    }
    Ok(kept)
}

fn redirect(request: &Request<IncomingBody>) -> Response<AnswerBody> {
    let query = request
        .uri()
        .query()
        .map(|query| format!("?{query}"))
        .unwrap_or_default();
    let location = HeaderValue::from_str(&format!("{}/{query}", request.uri().path()));
    let mut response = Response::new(Either::Left(Full::default()));
    *response.status_mut() = match *request.method() {
        Method::GET => StatusCode::MOVED_PERMANENTLY,
        _ => StatusCode::TEMPORARY_REDIRECT,
    };
    if let Ok(location) = location {
        response.headers_mut().insert(LOCATION, location);
    }
    response
}

fn json(status: StatusCode, body: impl Into<Bytes>) -> Response<AnswerBody> {
    text(status, "application/json; charset=utf-8", body)
}

fn text(
    status: StatusCode,
    content_type: &'static str,
    body: impl Into<Bytes>,
) -> Response<AnswerBody> {
    let mut response = Response::new(Either::Left(Full::new(body.into())));
    *response.status_mut() = status;
    response
        .headers_mut()
        .insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
    response
}

#[cfg(test)]
mod tests {
    use http::Method;

    use super::Route;

    #[test]
    fn routes_are_those_of_the_daemon() {
        let endpoint = |hook_id: &'static str, path: &'static str| Route::Endpoint {
            hook_id: hook_id.as_bytes(),
            path: path.as_bytes(),
        };
        let rows = [
            (Method::GET, "/e/hook/v1/info", endpoint("hook", "/v1/info")),
            (Method::OPTIONS, "/e/hook/", endpoint("hook", "/")),
            (
                Method::POST,
                "/e/hook//a/../b",
                endpoint("hook", "//a/../b"),
            ),
            (Method::GET, "/e//x", endpoint("", "/x")),
            (Method::GET, "/e/hook", Route::Redirect),
            (Method::PATCH, "/e/hook/v1/info", Route::Unknown),
            (Method::GET, "/e/", Route::Unknown),
            (Method::GET, "//e/hook/x", Route::Unknown),
            (Method::GET, "/plugin/x", Route::Unknown),
        ];
        for (method, path, expected) in rows {
            assert_eq!(
                Route::of(&method, path.as_bytes()),
                expected,
                "{method} {path}"
            );
        }
    }
}
