//! One origin that serves several things, as Dify's nginx serves the console and the endpoints of all plugins.

use std::collections::BTreeMap;
use std::fmt;
use std::sync::atomic::{AtomicUsize, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError};

use bytes::Bytes;
use http::header::{CONNECTION, TRANSFER_ENCODING};
use http::{Request, Response, StatusCode};
use http_body_util::BodyExt;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::TokioIo;
use tokio::net::TcpListener;
use tokio::task::JoinSet;
use tokio_util::task::AbortOnDropHandle;

use crate::{CannedResponse, Error, Seen, http_client};

/// What answers the requests below a path.
#[derive(Clone)]
enum Part {
    /// Servers that take turns; path and `Host` stay as they are.
    Forward(Arc<Servers>),
    /// A function.
    Answer(Arc<dyn Fn(&Seen) -> CannedResponse + Send + Sync>),
}

impl fmt::Debug for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Forward(servers) => servers.fmt(formatter),
            Self::Answer(_) => formatter.write_str("Answer"),
        }
    }
}

#[derive(Debug)]
struct Servers {
    urls: Vec<String>,
    turn: AtomicUsize,
}

/// A running server. Dropping it closes the port.
#[derive(Debug)]
pub struct Origin {
    port: u16,
    state: Arc<State>,
    _server: AbortOnDropHandle<()>,
}

#[derive(Debug)]
struct State {
    client: reqwest::Client,
    parts: Mutex<BTreeMap<String, Part>>,
    seen: Mutex<Vec<Seen>>,
}

impl Origin {
    /// Starts on a free loopback port, with nothing to serve.
    ///
    /// # Errors
    ///
    /// There is no free port.
    pub async fn start() -> Result<Self, Error> {
        let listener = TcpListener::bind("127.0.0.1:0").await?;
        let port = listener.local_addr()?.port();
        let state = Arc::new(State {
            client: http_client(),
            parts: Mutex::default(),
            seen: Mutex::default(),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self {
            port,
            state,
            _server: AbortOnDropHandle::new(server),
        })
    }

    /// The origin under the name `localhost` or `127.0.0.1`, which are two sites.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }

    /// Gives what is below a path to these servers in turn.
    pub fn forward(&self, path: &str, urls: &[&str]) {
        let servers = Servers {
            urls: urls.iter().map(|url| (*url).to_owned()).collect(),
            turn: AtomicUsize::new(0),
        };
        self.set(path, Part::Forward(Arc::new(servers)));
    }

    /// Answers what is below a path. The longest path that fits a request answers it.
    pub fn answer(
        &self,
        path: &str,
        answer: impl Fn(&Seen) -> CannedResponse + Send + Sync + 'static,
    ) {
        self.set(path, Part::Answer(Arc::new(answer)));
    }

    /// Every request so far that was not given to another server.
    pub fn seen(&self) -> Vec<Seen> {
        lock(&self.state.seen).clone()
    }

    /// A function that gives [`Self::seen`], for an answer that tells it.
    pub fn watch(&self) -> impl Fn() -> Vec<Seen> + Send + Sync + 'static {
        // An answer is part of the state, so that it may not keep the state alive.
        let state = Arc::downgrade(&self.state);
        move || {
            state
                .upgrade()
                .map_or_else(Vec::new, |state| lock(&state.seen).clone())
        }
    }

    fn set(&self, path: &str, part: Part) {
        lock(&self.state.parts).insert(path.to_owned(), part);
    }
}

async fn serve(listener: TcpListener, state: Arc<State>) {
    let mut connections = JoinSet::new();
    while let Ok((stream, _)) = listener.accept().await {
        // Each event of a stream goes on at once.
        let _ = stream.set_nodelay(true);
        let state = Arc::clone(&state);
        let service = service_fn(move |request| handle(Arc::clone(&state), request));
        connections.spawn(async move {
            // A client that has gone is its own affair.
            let _ = http1::Builder::new()
                .serve_connection(TokioIo::new(stream), service)
                .await;
        });
        while connections.try_join_next().is_some() {}
    }
}

async fn handle(
    state: Arc<State>,
    request: Request<Incoming>,
) -> Result<Response<reqwest::Body>, Error> {
    let (head, body) = request.into_parts();
    let body = body.collect().await.map(|body| body.to_bytes());
    let seen = Seen {
        method: head.method,
        path: head.uri.path().to_owned(),
        query: head.uri.query().unwrap_or_default().to_owned(),
        headers: head.headers,
        body: body.unwrap_or_default(),
    };
    let part = {
        let parts = lock(&state.parts);
        let fitting = parts
            .iter()
            .filter(|(path, _)| seen.path.starts_with(*path));
        fitting
            .max_by_key(|(path, _)| path.len())
            .map(|(_, part)| part.clone())
    };
    match part {
        Some(Part::Forward(servers)) => forward(&state.client, &servers, seen).await,
        Some(Part::Answer(answer)) => {
            lock(&state.seen).push(seen.clone());
            Ok(respond(answer(&seen)))
        }
        None => Ok(respond(CannedResponse::new(404, Bytes::new()))),
    }
}

async fn forward(
    client: &reqwest::Client,
    servers: &Servers,
    seen: Seen,
) -> Result<Response<reqwest::Body>, Error> {
    let turn = servers.turn.fetch_add(1, Ordering::Relaxed);
    let url = servers.urls.get(turn % servers.urls.len().max(1));
    let query = if seen.query.is_empty() {
        String::new()
    } else {
        format!("?{}", seen.query)
    };
    let url = format!("{}{}{query}", url.map_or("", String::as_str), seen.path);
    let request = client.request(seen.method, url).headers(seen.headers);
    let mut response = Response::from(request.body(seen.body).send().await?);
    // They are about one connection.
    response.headers_mut().remove(CONNECTION);
    response.headers_mut().remove(TRANSFER_ENCODING);
    Ok(response)
}

fn respond(answer: CannedResponse) -> Response<reqwest::Body> {
    let mut response = Response::new(reqwest::Body::from(answer.body));
    *response.status_mut() = StatusCode::from_u16(answer.status).unwrap_or_default();
    *response.headers_mut() = answer.headers;
    response
}

fn lock<T>(mutex: &Mutex<T>) -> MutexGuard<'_, T> {
    mutex.lock().unwrap_or_else(PoisonError::into_inner)
}
