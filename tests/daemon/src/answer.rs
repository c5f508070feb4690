//! From the messages of a call to the HTTP response: `io_tunnel/endpoint_service.go` and `service/endpoint.go`.

use std::pin::Pin;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};
use std::task::{Context, Poll, ready};

use bytes::Bytes;
use http::{HeaderMap, HeaderName, HeaderValue, Response, StatusCode};
use http_body_util::{Either, Full};
use hyper::body::{Body, Frame};
use tokio::sync::mpsc::{Receiver, Sender, channel};
use tokio::time::Sleep;
use tokio_util::task::AbortOnDropHandle;

use crate::failure::Failure;
use crate::message::{Chunk, SessionMessage};
use crate::options::Limits;
use crate::sessions::Session;

/// The body of any answer of the daemon.
pub(crate) type AnswerBody = Either<Full<Bytes>, Streamed>;

/// Waits for the first piece of body, since status and headers are sent only with it, and goes on in the background.
pub(crate) async fn answer(
    mut session: Session,
    limits: &Limits,
    lost: &Lost,
) -> Result<Response<AnswerBody>, Failure> {
    let mut head = Head::default();
    loop {
        match session.next().await {
            SessionMessage::Stream(chunk) => {
                let result = chunk.result.clone();
                let lost_headers = head.merge(chunk);
                lost.headers.fetch_add(lost_headers, Ordering::Relaxed);
                if let Some(result) = result {
                    let first = hex::decode(result)
                        .map_err(|error| Failure::internal(error.to_string()))?;
                    return head.into_response(Either::Right(Streamed::start(
                        first.into(),
                        session,
                        limits,
                        Arc::clone(&lost.chunks),
                    )));
                }
            }
            SessionMessage::Failed(text) => return Err(Failure::internal(text)),
            SessionMessage::End => return head.into_response(Either::Left(Full::default())),
        }
    }
}

/// What Dify loses without a word.
#[derive(Debug, Default)]
pub(crate) struct Lost {
    /// Chunks for which a slow client's queue had no room.
    pub(crate) chunks: Arc<AtomicU64>,
    /// Headers whose name was there already, or is none.
    pub(crate) headers: AtomicU64,
}

/// Status and headers so far.
struct Head {
    status: u16,
    headers: HeaderMap,
}

impl Default for Head {
    /// Without a status the daemon writes 100 (`endpoint_service.go`).
    fn default() -> Self {
        Self {
            status: 100,
            headers: HeaderMap::new(),
        }
    }
}

impl Head {
    /// Of several values for one name the first stays: the daemon adds them all and writes `v[0]`. Returns how many
    /// headers are lost.
    fn merge(&mut self, chunk: Chunk) -> u64 {
        self.status = chunk.status.unwrap_or(self.status);
        let mut lost = 0;
        for (name, value) in chunk.headers.unwrap_or_default() {
            // Go leaves out names that are none, and writes line breaks in values as spaces.
            let value = HeaderValue::from_str(&value.replace(['\r', '\n'], " "));
            match (HeaderName::from_bytes(name.as_bytes()), value) {
                (Ok(name), Ok(value)) if !self.headers.contains_key(&name) => {
                    self.headers.insert(name, value);
                }
                _ => lost += 1,
            }
        }
        lost
    }

    fn into_response(self, body: AnswerBody) -> Result<Response<AnswerBody>, Failure> {
        let status = match self.status {
            // Go's server sends these as interim responses, and the body after them with 200.
            100..=199 => StatusCode::OK,
            status => StatusCode::from_u16(status)
                .map_err(|_| Failure::internal("invalid WriteHeader code"))?,
        };
        let mut response = Response::new(body);
        *response.status_mut() = status;
        *response.headers_mut() = self.headers;
        Ok(response)
    }
}

/// A body whose chunks are flushed one by one, until the plugin ends it or the time is up.
pub(crate) struct Streamed {
    chunks: Receiver<Bytes>,
    /// Yields the error with which the plugin ended the call, if it did.
    pump: AbortOnDropHandle<Option<String>>,
    deadline: Pin<Box<Sleep>>,
    finished: bool,
}

impl Streamed {
    fn start(first: Bytes, session: Session, limits: &Limits, dropped: Arc<AtomicU64>) -> Self {
        let (queue, chunks) = channel(limits.pending_chunks);
        let pump = tokio::spawn(pump(first, session, queue, dropped));
        Self {
            chunks,
            pump: AbortOnDropHandle::new(pump),
            deadline: Box::pin(tokio::time::sleep(limits.execution)),
            finished: false,
        }
    }

    fn last(&mut self, text: String) -> Poll<Option<Bytes>> {
        self.finished = true;
        Poll::Ready(Some(text.into()))
    }

    fn poll_chunk(&mut self, context: &mut Context<'_>) -> Poll<Option<Bytes>> {
        if self.finished {
            return Poll::Ready(None);
        }
        if self.deadline.as_mut().poll(context).is_ready() {
            return self.last(Failure::internal("killed by timeout").body());
        }
        if let Some(chunk) = ready!(self.chunks.poll_recv(context)) {
            return Poll::Ready(Some(chunk));
        }
        match ready!(Pin::new(&mut self.pump).poll(context)) {
            Ok(Some(error)) => self.last(error),
            _ => {
                self.finished = true;
                Poll::Ready(None)
            }
        }
    }
}

impl Body for Streamed {
    type Data = Bytes;
    type Error = std::convert::Infallible;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, Self::Error>>> {
        self.poll_chunk(context)
            .map(|chunk| chunk.map(|chunk| Ok(Frame::data(chunk))))
    }
}

/// Moves chunks from the call to the client's queue; if that is full, a chunk is lost silently.
async fn pump(
    first: Bytes,
    mut session: Session,
    queue: Sender<Bytes>,
    dropped: Arc<AtomicU64>,
) -> Option<String> {
    let mut chunk = first;
    loop {
        if queue.try_send(chunk).is_err() {
            dropped.fetch_add(1, Ordering::Relaxed);
        }
        // Go's writer runs on another thread; here it needs its turn, or a fast client would lose chunks too.
        tokio::task::yield_now().await;
        chunk = match session.next().await {
            SessionMessage::Stream(Chunk {
                result: Some(result),
                ..
            }) => hex::decode(result).ok()?.into(),
            SessionMessage::Failed(text) => return Some(text),
            // A chunk without `result` makes the daemon dereference nil here, which ends the answer too.
            SessionMessage::Stream(_) | SessionMessage::End => return None,
        };
    }
}

#[cfg(test)]
mod tests {
    use std::collections::BTreeMap;

    use http_body_util::{Either, Full};

    use super::{Chunk, Head};

    fn chunk(status: Option<u16>, headers: &[(&str, &str)]) -> Chunk {
        let headers = headers
            .iter()
            .map(|(name, value)| ((*name).to_owned(), (*value).to_owned()));
        Chunk {
            status,
            headers: Some(BTreeMap::from_iter(headers)),
            result: None,
        }
    }

    fn written(chunks: Vec<Chunk>) -> (u16, String, u64) {
        let mut head = Head::default();
        let lost = chunks.into_iter().map(|chunk| head.merge(chunk)).sum();
        match head.into_response(Either::Left(Full::default())) {
            Ok(response) => (
                response.status().as_u16(),
                format!("{:?}", response.headers()),
                lost,
            ),
            Err(failure) => (failure.status.as_u16(), failure.body(), lost),
        }
    }

    #[test]
    fn heads_are_those_that_gos_server_writes() {
        let failure = r#"{"code":-500,"message":"{\"message\":\"invalid WriteHeader code\",\"error_type\":\"PluginDaemonInternalServerError\",\"args\":null}","data":null}"#;
        let rows = [
            (vec![], (200, "{}"), 0),
            (vec![chunk(Some(103), &[])], (200, "{}"), 0),
            (
                vec![chunk(Some(404), &[]), chunk(Some(204), &[])],
                (204, "{}"),
                0,
            ),
            (vec![chunk(Some(99), &[])], (500, failure), 0),
            (
                vec![chunk(Some(200), &[("A", "1")]), chunk(None, &[("a", "2")])],
                (200, r#"{"a": "1"}"#),
                1,
            ),
            (
                vec![chunk(Some(200), &[("a", "1\r\nb: 2"), ("no name", "x")])],
                (200, r#"{"a": "1  b: 2"}"#),
                1,
            ),
        ];
        for (chunks, (status, text), lost) in rows {
            let case = format!("{chunks:?}");
            let expected = (status, text.to_owned(), lost);
            assert_eq!(written(chunks), expected, "{case}");
        }
    }
}
