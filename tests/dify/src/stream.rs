//! Server-sent events of a run.

use std::collections::VecDeque;
use std::sync::Arc;
use std::time::Duration;

use axum::body::Body;
use axum::response::{IntoResponse, Response};
use bytes::Bytes;
use futures::stream;
use http::header::CONTENT_TYPE;
use serde_json::Value;
use tokio::sync::watch;

use crate::runs::{Run, Status};

const EVENT_STREAM: &str = "text/event-stream; charset=utf-8";

/// How a follower sees a run.
pub(crate) struct Follow {
    /// Frames that come before those of the run, pings among them.
    pub(crate) first: Vec<Bytes>,
    /// How many of the run's events are skipped.
    pub(crate) from: usize,
    /// Whether the stream ends where the run pauses.
    pub(crate) until_pause: bool,
    pub(crate) ping_interval: Duration,
}

/// `event: ping`, the only frame without data.
pub(crate) fn ping() -> Bytes {
    Bytes::from_static(b"event: ping\n\n")
}

/// `data: {"event":…,…}`: as in Dify the name comes first, which serde_json's order would not give.
pub(crate) fn frame(event: &Value) -> Bytes {
    let mut rest = event.clone();
    let name = rest
        .as_object_mut()
        .and_then(|members| members.remove("event"))
        .unwrap_or_default();
    let rest = rest.to_string();
    Bytes::from(format!(
        "data: {{\"event\":{name},{}\n\n",
        rest.trim_start_matches('{')
    ))
}

/// A response of these frames.
pub(crate) fn frames(frames: Vec<Bytes>) -> Response {
    let frames = frames.into_iter().map(Ok::<_, std::convert::Infallible>);
    event_stream(Body::from_stream(stream::iter(frames)))
}

/// A response of the run's events as they happen.
pub(crate) fn follow(run: &Arc<Run>, follow: Follow) -> Response {
    let follower = Follower {
        changes: run.changes(),
        run: Arc::clone(run),
        ready: follow.first.into(),
        position: follow.from,
        until_pause: follow.until_pause,
        ping_interval: follow.ping_interval,
    };
    let frames = stream::unfold(follower, |mut follower| async move {
        let frame = follower.next().await?;
        Some((Ok::<_, std::convert::Infallible>(frame), follower))
    });
    event_stream(Body::from_stream(frames))
}

fn event_stream(body: Body) -> Response {
    ([(CONTENT_TYPE, EVENT_STREAM)], body).into_response()
}

struct Follower {
    run: Arc<Run>,
    changes: watch::Receiver<()>,
    ready: VecDeque<Bytes>,
    position: usize,
    until_pause: bool,
    ping_interval: Duration,
}

impl Follower {
    async fn next(&mut self) -> Option<Bytes> {
        loop {
            if let Some(frame) = self.ready.pop_front() {
                return Some(frame);
            }
            self.changes.mark_unchanged();
            if !self.collect() {
                return None;
            }
            if self.ready.is_empty()
                && tokio::time::timeout(self.ping_interval, self.changes.changed())
                    .await
                    .is_err()
            {
                return Some(ping());
            }
        }
    }

    /// Takes what is new; whether more is to come.
    fn collect(&mut self) -> bool {
        let state = self.run.state();
        let new = state.events.get(self.position..).unwrap_or_default();
        self.ready.extend(new.iter().map(frame));
        self.position = state.events.len();
        let over = state.status.is_final() || (self.until_pause && state.status == Status::Paused);
        !(over && self.ready.is_empty())
    }
}
