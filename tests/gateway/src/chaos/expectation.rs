//! How a request may end.

use serde_json::Value;

use crate::events;

/// What Dify or a proxy before it does to one request.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Upset {
    BadGateway,
    CloseBeforeHead,
    CutBody(usize),
    Delay(u64),
    Garbage,
    HugeHead,
    NeverEnd,
    TooManyRequests,
}

/// What must come of a request whose user the gateway lets in.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Expected {
    /// The app's answer.
    Right,
    /// The app's answer; or, where it broke off, a refusal or as much of a stream as there was with an error at its end.
    RightOrCut,
    /// The gateway's own refusal, or Dify's.
    Refusal(u16, &'static str),
}

impl Expected {
    pub(super) const fn of(upset: Option<Upset>) -> Self {
        match upset {
            None | Some(Upset::Delay(_) | Upset::NeverEnd) => Self::Right,
            Some(Upset::CutBody(_)) => Self::RightOrCut,
            Some(Upset::BadGateway | Upset::CloseBeforeHead) => {
                Self::Refusal(502, "dify_unavailable")
            }
            Some(Upset::Garbage | Upset::HugeHead) => Self::Refusal(502, "dify_answer_invalid"),
            Some(Upset::TooManyRequests) => Self::Refusal(429, "too_many_requests"),
        }
    }
}

/// What a client received: the status, the part of the body that came, and whether that claimed to be all of it.
#[derive(Debug)]
pub(super) struct Got {
    pub(super) status: u16,
    pub(super) is_whole: bool,
    pub(super) body: Vec<u8>,
}

impl Got {
    /// The code of a refusal.
    pub(super) fn code(&self) -> Option<String> {
        let body: Value = serde_json::from_slice(&self.body).ok()?;
        Some(body["code"].as_str()?.to_owned())
    }

    /// In which of the expected ways it ended.
    pub(super) fn judge(&self, expected: Expected, text: &str, streams: bool) -> Option<String> {
        match expected {
            Expected::Refusal(status, code) => {
                self.is_refusal(status, code).then(|| code.to_owned())
            }
            Expected::RightOrCut if !streams && self.is_refusal(502, "dify_unavailable") => {
                Some("cut".to_owned())
            }
            _ if self.status != 200 => None,
            Expected::Right => self.is_right(text, streams).then(|| "right".to_owned()),
            Expected::RightOrCut if self.is_right(text, streams) => Some("right".to_owned()),
            Expected::RightOrCut => self.is_ended_by_an_error().then(|| "cut".to_owned()),
        }
    }

    fn is_refusal(&self, status: u16, code: &str) -> bool {
        self.status == status && self.code().as_deref() == Some(code)
    }

    fn is_right(&self, text: &str, streams: bool) -> bool {
        if !self.is_whole {
            return false;
        }
        if !streams {
            let body: Value = serde_json::from_slice(&self.body).unwrap_or_default();
            return body["answer"]
                .as_str()
                .is_some_and(|answer| answer.starts_with(text));
        }
        let Some(events) = self.events() else {
            return false;
        };
        let answer: String = events
            .iter()
            .filter(|event| event["event"] == "message")
            .filter_map(|event| event["answer"].as_str())
            .collect();
        let is_ended = events
            .last()
            .is_some_and(|event| event["event"] == "workflow_finished");
        is_ended && answer.starts_with(text)
    }

    /// A stream says in its last event that it is incomplete.
    fn is_ended_by_an_error(&self) -> bool {
        let last = self.events().and_then(|mut events| events.pop());
        last.is_some_and(|event| event["event"] == "error" && event["code"] == "dify_unavailable")
    }

    /// `None` where a frame is cut.
    fn events(&self) -> Option<Vec<Value>> {
        self.body.ends_with(b"\n\n").then(|| events(&self.body))
    }
}
