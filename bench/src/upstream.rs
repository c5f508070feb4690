//! A Dify app that sends recorded responses of a real one, as fast as it can.
//!
//! The stand-in of the tests keeps conversations and would cost more with each request; only the gateway is measured
//! here.

use std::convert::Infallible;
use std::path::Path;
use std::sync::Arc;
use std::time::Duration;

use anyhow::{Context, Result, ensure};
use bytes::Bytes;
use http::header::CONTENT_TYPE;
use http::{Request, Response};
use http_body_util::channel::Channel;
use http_body_util::{BodyExt, Either, Full};
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::service_fn;
use hyper_util::rt::{TokioIo, TokioTimer};
use serde::Deserialize;
use serde_json::Value;
use serde_json::value::RawValue;
use tokio::net::{TcpSocket, TcpStream};
use tokio_util::task::AbortOnDropHandle;

const RECORDING: &str = "tests/dify/fixtures/dify-1.16-recorded.jsonl";

/// Dify's 2 s would make the floor fail, which uses what it finds in its pool.
const KEEP_ALIVE: Duration = Duration::from_secs(300);

/// Both plugins may connect a thousand times at the same moment. Linux resets what it has no room for.
const BACKLOG: u32 = 4096;

/// The first word of a query that asks for numbered events; their number and the milliseconds between two of them follow.
const NUMBERED: &str = "numbered";

/// The file that is downloaded.
pub const FILE_BYTES: usize = 10_000_000;

type Body = Either<Full<Bytes>, Channel<Bytes>>;

/// A running app. Dropping it closes the port.
pub struct Upstream {
    origin: String,
    base_url: String,
    _server: AbortOnDropHandle<()>,
}

impl Upstream {
    /// Reads the recording below `root` and serves it on a free port.
    pub async fn start(root: &Path) -> Result<Self> {
        let recorded = Arc::new(Recorded::read(root)?);
        let socket = TcpSocket::new_v4()?;
        socket.bind(([127, 0, 0, 1], 0).into())?;
        let listener = socket.listen(BACKLOG)?;
        let origin = format!("http://{}", listener.local_addr()?);
        let server = tokio::spawn(async move {
            while let Ok((stream, _)) = listener.accept().await {
                tokio::spawn(serve(stream, Arc::clone(&recorded)));
            }
        });
        Ok(Self {
            base_url: format!("{origin}/v1"),
            origin,
            _server: AbortOnDropHandle::new(server),
        })
    }

    /// Where Dify's inner API is.
    pub fn origin(&self) -> &str {
        &self.origin
    }

    /// The base URL of the app API.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }
}

/// The body of a chat message whose response is `events` numbered events.
pub fn numbered(events: u32, interval: Duration) -> Value {
    let query = format!("{NUMBERED} {events} {}", interval.as_millis());
    serde_json::json!({"inputs": {}, "query": query, "response_mode": "streaming", "user": "anybody"})
}

async fn serve(stream: TcpStream, recorded: Arc<Recorded>) {
    let _ = stream.set_nodelay(true);
    let service = service_fn(|request| answer(request, Arc::clone(&recorded)));
    let _ = http1::Builder::new()
        .timer(TokioTimer::new())
        .header_read_timeout(KEEP_ALIVE)
        .serve_connection(TokioIo::new(stream), service)
        .await;
}

async fn answer(
    request: Request<Incoming>,
    recorded: Arc<Recorded>,
) -> Result<Response<Body>, Infallible> {
    let path = request.uri().path().to_owned();
    let body = match request.into_body().collect().await {
        Ok(body) => body.to_bytes(),
        Err(_) => Bytes::new(),
    };
    Ok(match path.as_str() {
        "/v1/info" => whole("application/json", recorded.info.clone()),
        "/v1/parameters" => whole("application/json", recorded.parameters.clone()),
        "/v1/files/upload" => whole("application/json", recorded.upload.clone()),
        "/inner/api/invoke/encrypt" => whole("application/json", decrypted(&body)),
        _ if path.ends_with("/preview") => whole("application/octet-stream", recorded.file.clone()),
        _ => chat(&body, &recorded),
    })
}

#[derive(Deserialize)]
struct Encrypted<'a> {
    #[serde(borrow)]
    data: &'a RawValue,
}

/// Gives the settings back as they came: they are no secret here, and what matters is the exchange.
fn decrypted(body: &[u8]) -> Bytes {
    let settings =
        serde_json::from_slice::<Encrypted<'_>>(body).map_or("{}", |asked| asked.data.get());
    format!(r#"{{"data":{{"error":"","data":{settings}}}}}"#).into()
}

#[derive(Deserialize)]
struct ChatMessage<'a> {
    query: &'a str,
    response_mode: &'a str,
}

fn chat(body: &[u8], recorded: &Recorded) -> Response<Body> {
    let Ok(message) = serde_json::from_slice::<ChatMessage<'_>>(body) else {
        return whole("application/json", Bytes::from_static(b"{}"));
    };
    if message.response_mode == "blocking" {
        return whole("application/json; charset=utf-8", recorded.blocking.clone());
    }
    let mut words = message.query.split(' ');
    let (kind, events, interval) = (words.next(), words.next(), words.next());
    if kind != Some(NUMBERED) {
        return whole(
            "text/event-stream; charset=utf-8",
            recorded.streamed.clone(),
        );
    }
    let number = |word: Option<&str>| word.and_then(|word| word.parse().ok()).unwrap_or_default();
    event_stream(number(events), number(interval))
}

fn event_stream(events: u64, interval: u64) -> Response<Body> {
    let (mut sender, body) = Channel::new(16);
    tokio::spawn(async move {
        let mut ticks = tokio::time::interval(Duration::from_millis(interval.max(1)));
        for number in 0..events {
            ticks.tick().await;
            let frame = format!(
                "data: {{\"event\":\"message\",\"task_id\":\"900bbd43-dc0b-4383-a372-aa6e6c414227\",\"id\":\"663c5084-a254-4040-8ad3-51f2a3c1a77c\",\"answer\":\" word\",\"number\":{number}}}\n\n"
            );
            if sender.send_data(frame.into()).await.is_err() {
                return;
            }
        }
    });
    headed("text/event-stream; charset=utf-8", Either::Right(body))
}

fn whole(content_type: &'static str, body: Bytes) -> Response<Body> {
    headed(content_type, Either::Left(Full::new(body)))
}

/// A response with the headers that every response of Dify 1.16 has.
fn headed(content_type: &'static str, body: Body) -> Response<Body> {
    let mut response = Response::new(body);
    let headers = response.headers_mut();
    for (name, value) in [
        ("access-control-allow-origin", "*"),
        (
            "access-control-expose-headers",
            "X-Env, X-Trace-Id, X-Version",
        ),
        ("vary", "Cookie"),
        ("x-env", "PRODUCTION"),
        ("x-version", "1.16.1"),
    ] {
        headers.insert(name, http::HeaderValue::from_static(value));
    }
    headers.insert(CONTENT_TYPE, http::HeaderValue::from_static(content_type));
    response
}

/// Bodies that a Dify 1.16.1 was recorded to answer.
struct Recorded {
    blocking: Bytes,
    /// Not recorded, but of the size of a large file.
    file: Bytes,
    info: Bytes,
    parameters: Bytes,
    streamed: Bytes,
    upload: Bytes,
}

#[derive(Deserialize)]
struct Exchange {
    name: String,
    response: RecordedAnswer,
}

#[derive(Deserialize)]
struct RecordedAnswer {
    body: Value,
}

impl Recorded {
    fn read(root: &Path) -> Result<Self> {
        let text = std::fs::read_to_string(root.join(RECORDING))?;
        let exchanges = text
            .lines()
            .map(serde_json::from_str)
            .collect::<Result<Vec<Exchange>, _>>()?;
        let body = |name: &str| {
            let exchange = exchanges.iter().find(|exchange| exchange.name == name);
            let body = exchange.and_then(|exchange| exchange.response.body.as_str());
            body.map(|body| Bytes::from(body.to_owned()))
                .with_context(|| format!("{RECORDING} has no text for `{name}`"))
        };
        let streamed = body("chat streaming new")?;
        ensure!(
            streamed.starts_with(b"event: ping"),
            "the recorded stream begins otherwise"
        );
        Ok(Self {
            blocking: body("chat new blocking")?,
            file: vec![b'x'; FILE_BYTES].into(),
            info: body("info chatflow")?,
            parameters: body("parameters chatflow")?,
            streamed,
            upload: body("upload alice user first")?,
        })
    }
}
