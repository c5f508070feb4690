//! Sends a request on a connection of its own and reads the response as far as it is wanted.

use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;

use bytes::Bytes;
use http::{HeaderMap, Request};
use http_body_util::combinators::BoxBody;
use http_body_util::{BodyExt, Full, StreamBody};
use hyper::body::{Frame, Incoming};
use hyper_util::rt::TokioIo;
use tokio::net::TcpStream;
use tokio::sync::watch;
use tokio::task::JoinHandle;

/// So that a stream that ought to end and does not fails the test instead of holding it up.
const PATIENCE: Duration = Duration::from_secs(60);

pub struct Answer {
    pub status: u16,
    pub headers: HeaderMap,
    pub body: Vec<u8>,
}

/// A request under way.
pub struct UnderWay {
    pub arrived: watch::Receiver<Vec<u8>>,
    answer: JoinHandle<Answer>,
}

impl UnderWay {
    /// The whole response.
    pub async fn answer(self) -> Answer {
        tokio::time::timeout(PATIENCE, self.answer)
            .await
            .expect("an answer that ends")
            .unwrap()
    }

    /// Waits until what has arrived is enough.
    pub async fn until(&mut self, is_enough: impl Fn(&[u8]) -> bool) {
        let enough = self.arrived.wait_for(|body| is_enough(body));
        tokio::time::timeout(PATIENCE, enough)
            .await
            .expect("an answer in time")
            .unwrap();
    }
}

/// Sends the request; the response is read to its end, or until `frames` events have come.
pub fn send(
    address: SocketAddr,
    request: Request<Vec<u8>>,
    chunked: bool,
    frames: Option<usize>,
) -> UnderWay {
    let (sender, arrived) = watch::channel(Vec::new());
    let answer = tokio::spawn(exchange(
        address,
        request,
        chunked,
        frames,
        Arc::new(sender),
    ));
    UnderWay { arrived, answer }
}

async fn exchange(
    address: SocketAddr,
    request: Request<Vec<u8>>,
    chunked: bool,
    frames: Option<usize>,
    arrived: Arc<watch::Sender<Vec<u8>>>,
) -> Answer {
    let stream = TcpStream::connect(address).await.unwrap();
    let (mut sender, connection) = hyper::client::conn::http1::handshake(TokioIo::new(stream))
        .await
        .unwrap();
    let connection = tokio::spawn(connection);
    let response = sender
        .send_request(request.map(|body| outgoing(body, chunked)))
        .await
        .unwrap();
    let (head, body) = response.into_parts();
    let body = read(body, frames, &arrived).await;
    connection.abort();
    Answer {
        status: head.status.as_u16(),
        headers: head.headers,
        body,
    }
}

fn outgoing(body: Vec<u8>, chunked: bool) -> BoxBody<Bytes, std::convert::Infallible> {
    if !chunked {
        return Full::new(Bytes::from(body)).boxed();
    }
    let pieces: Vec<_> = body
        .chunks(7)
        .map(|piece| Ok(Frame::data(Bytes::copy_from_slice(piece))))
        .collect();
    StreamBody::new(futures::stream::iter(pieces)).boxed()
}

async fn read(
    mut body: Incoming,
    frames: Option<usize>,
    arrived: &watch::Sender<Vec<u8>>,
) -> Vec<u8> {
    let mut whole = Vec::new();
    while let Some(frame) = body.frame().await {
        if let Ok(data) = frame.unwrap().into_data() {
            whole.extend_from_slice(&data);
            arrived.send_replace(whole.clone());
        }
        if frames
            .is_some_and(|frames| String::from_utf8_lossy(&whole).matches("\n\n").count() >= frames)
        {
            break;
        }
    }
    whole
}
