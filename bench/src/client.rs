//! Clients that each keep one connection and send the next request when they have read the last response.

use std::time::{Duration, Instant};

use anyhow::{Result, bail, ensure};
use bytes::Bytes;
use http::header::{AUTHORIZATION, CONTENT_TYPE, HOST};
use http::{HeaderMap, HeaderValue, Method, Request};
use http_body_util::{BodyExt, Full};
use hyper::client::conn::http1::{self, SendRequest};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio_util::task::AbortOnDropHandle;

/// The request that is sent repeatedly.
#[derive(Clone, Debug)]
pub struct Message {
    /// The method.
    pub method: Method,
    /// The whole path.
    pub path: String,
    /// The headers that prove who sends it.
    pub credential: HeaderMap,
    /// The body's type.
    pub content_type: String,
    /// The body.
    pub body: Bytes,
}

/// How long one exchange took.
#[derive(Clone, Copy, Debug)]
pub struct Timing {
    /// Until the first bytes of the body.
    pub first: Duration,
    /// Until its end.
    pub whole: Duration,
}

/// One client.
pub struct Client {
    authority: String,
    sender: SendRequest<Full<Bytes>>,
    _connection: AbortOnDropHandle<()>,
}

impl Client {
    /// Connects to `authority`.
    pub async fn connect(authority: &str) -> Result<Self> {
        let stream = TcpStream::connect(authority).await?;
        stream.set_nodelay(true)?;
        let (sender, connection) = http1::handshake(TokioIo::new(stream)).await?;
        let connection = tokio::spawn(async move { drop(connection.await) });
        Ok(Self {
            authority: authority.to_owned(),
            sender,
            _connection: AbortOnDropHandle::new(connection),
        })
    }

    /// Sends `message` and hands each piece of the response to `read`.
    pub async fn exchange(
        &mut self,
        message: &Message,
        mut read: impl FnMut(&Bytes),
    ) -> Result<Timing> {
        let started = Instant::now();
        self.sender.ready().await?;
        let mut response = self.sender.send_request(self.request(message)?).await?;
        if !response.status().is_success() {
            let status = response.status();
            let body = response.into_body().collect().await?.to_bytes();
            bail!("{status}: {}", String::from_utf8_lossy(&body));
        }
        let mut first = None;
        while let Some(frame) = response.frame().await {
            if let Some(piece) = frame?.data_ref() {
                first.get_or_insert_with(|| started.elapsed());
                read(piece);
            }
        }
        let whole = started.elapsed();
        Ok(Timing {
            first: first.unwrap_or(whole),
            whole,
        })
    }

    /// Sends `message`, and reads no more of the response than its first bytes.
    pub async fn begin(&mut self, message: &Message) -> Result<()> {
        self.sender.ready().await?;
        let mut response = self.sender.send_request(self.request(message)?).await?;
        ensure!(response.status().is_success(), "{}", response.status());
        if let Some(frame) = response.frame().await {
            frame?;
        }
        Ok(())
    }

    fn request(&self, message: &Message) -> Result<Request<Full<Bytes>>> {
        let request = Request::builder()
            .method(message.method.clone())
            .uri(&message.path)
            .header(HOST, &self.authority)
            .header(CONTENT_TYPE, &message.content_type);
        let mut request = request.body(Full::new(message.body.clone()))?;
        request.headers_mut().extend(message.credential.clone());
        Ok(request)
    }
}

/// The credential of a client that has `token`.
pub fn bearer(token: &str) -> Result<HeaderMap> {
    let value = HeaderValue::try_from(format!("Bearer {token}"))?;
    Ok(HeaderMap::from_iter([(AUTHORIZATION, value)]))
}
