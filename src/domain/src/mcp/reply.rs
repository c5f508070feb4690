//! Responses in the form that the client takes.

use http::header::{ACCEPT, CACHE_CONTROL, CONTENT_TYPE};
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};
use serde::{Deserialize, Serialize};

use super::failure::{ErrorObject, Failure};
use super::id::Id;
use super::version::Era;
use crate::json;
use crate::request::preference::weighted;

const EVENTS: &str = "text/event-stream";
const JSON: &str = "application/json";
const X_ACCEL_BUFFERING: HeaderName = HeaderName::from_static("x-accel-buffering");

/// How a message is written.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Form {
    /// As the whole body.
    #[default]
    Json,
    /// As a server-sent event, after which others may come.
    Events,
}

/// To whom and how a request is answered.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Reply {
    /// The request's identity; `None` where it could not be read.
    pub id: Option<Id>,
    /// Its era.
    pub era: Era,
    /// What the client takes.
    pub form: Form,
}

#[derive(Serialize)]
struct Envelope<'a, T> {
    jsonrpc: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    id: Option<&'a Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    result: Option<&'a T>,
    #[serde(skip_serializing_if = "Option::is_none")]
    error: Option<&'a ErrorObject>,
}

impl Form {
    /// What the client takes for a response that comes at once: JSON, unless it takes events alone.
    pub fn of_short(headers: &HeaderMap) -> Self {
        let accepted = Accepted::of(headers);
        if accepted.events && !accepted.json && !accepted.anything {
            Self::Events
        } else {
            Self::Json
        }
    }

    /// What the client takes for a response that may take long: events, if it names them.
    pub fn of_long(headers: &HeaderMap) -> Self {
        if Accepted::of(headers).events {
            Self::Events
        } else {
            Self::Json
        }
    }

    /// The header fields of a response in this form, which no cache may keep.
    pub fn headers(self) -> HeaderMap {
        let mut headers = HeaderMap::new();
        let (content_type, cache_control) = match self {
            Self::Json => (JSON, "no-store"),
            Self::Events => (EVENTS, "no-cache, no-transform"),
        };
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(content_type));
        headers.insert(CACHE_CONTROL, HeaderValue::from_static(cache_control));
        if self == Self::Events {
            // nginx and others would hold the events back until a buffer is full.
            headers.insert(X_ACCEL_BUFFERING, HeaderValue::from_static("no"));
        }
        headers
    }

    /// A message in this form.
    pub(super) fn message(self, json: &str) -> Vec<u8> {
        match self {
            Self::Json => json.as_bytes().to_vec(),
            Self::Events => {
                // What came as JSON from Dify may have line ends between its values, where they mean no more than a
                // space; in an event each begins another field.
                let line = json.replace(['\n', '\r'], " ");
                format!("event: message\ndata: {line}\n\n").into_bytes()
            }
        }
    }
}

impl Reply {
    /// A result.
    pub fn result(&self, result: &impl Serialize) -> Vec<u8> {
        self.envelope(Some(result), None)
    }

    /// An error, and the status of HTTP that goes with it.
    pub fn failure(&self, failure: &Failure) -> (StatusCode, Vec<u8>) {
        (failure.status, self.error(failure))
    }

    /// An error, where the status is decided already.
    pub(super) fn error(&self, failure: &Failure) -> Vec<u8> {
        self.envelope::<()>(None, Some(&failure.error))
    }

    fn envelope<T: Serialize>(&self, result: Option<&T>, error: Option<&ErrorObject>) -> Vec<u8> {
        let envelope = Envelope {
            jsonrpc: "2.0",
            id: self.id.as_ref(),
            result,
            error,
        };
        self.form.message(&json::text(&envelope))
    }
}

/// What `Accept` says of the two media types (RFC 9110 §12.5.1). Without the field anything is accepted.
struct Accepted {
    json: bool,
    events: bool,
    anything: bool,
}

impl Accepted {
    fn of(headers: &HeaderMap) -> Self {
        let values = || {
            let values = headers.get_all(ACCEPT).iter();
            weighted(values.filter_map(|value| value.to_str().ok()))
        };
        let takes = |media_type: &str| {
            values().any(|(name, weight)| weight > 0 && name.eq_ignore_ascii_case(media_type))
        };
        Self {
            json: takes(JSON),
            events: takes(EVENTS),
            anything: takes("*/*") || !headers.contains_key(ACCEPT),
        }
    }
}
