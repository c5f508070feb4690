//! Progress of a call (MCP, Utilities, «Progress»).

use std::time::Duration;

use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};

use super::id::is_scalar;
use crate::limits;
use crate::text::cut;
use crate::time::UnixTime;

/// What a client wants to find in the notifications about one of its requests.
#[derive(Clone, Debug, Deserialize, Eq, PartialEq, Serialize)]
#[serde(transparent)]
pub struct ProgressToken(Value);

impl ProgressToken {
    pub(super) fn of(meta: &Map<String, Value>) -> Option<Self> {
        let token = meta.get("progressToken")?;
        is_scalar(token).then(|| Self(token.clone()))
    }
}

/// The notifications of one call.
#[derive(Debug)]
pub(super) struct Progress {
    token: ProgressToken,
    sent: u32,
    last: Option<UnixTime>,
}

#[derive(Serialize)]
struct Notice<'a> {
    jsonrpc: &'static str,
    method: &'static str,
    params: Params<'a>,
}

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct Params<'a> {
    progress_token: &'a ProgressToken,
    progress: u32,
    message: &'a str,
}

impl Progress {
    pub(super) const fn new(token: ProgressToken) -> Self {
        Self {
            token,
            sent: 0,
            last: None,
        }
    }

    /// The notification that `step` has begun; none where one has just been sent.
    pub(super) fn notice(&mut self, step: &str, now: UnixTime) -> Option<String> {
        let is_too_soon = |last: UnixTime| now.since(last) < MINIMUM;
        if self.last.is_some_and(is_too_soon) {
            return None;
        }
        self.last = Some(now);
        self.sent += 1;
        Some(crate::json::text(&Notice {
            jsonrpc: "2.0",
            method: "notifications/progress",
            params: Params {
                progress_token: &self.token,
                progress: self.sent,
                message: cut(step, limits::MCP_STEP),
            },
        }))
    }
}

const MINIMUM: Duration = limits::MCP_PROGRESS_PAUSE;
