//! The one line that every request leaves in the log.

use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::environment::LogLevel;
use crate::error::Refusal;
use crate::time::UnixTime;

/// What is known of a request, from its start on. It travels with a relay and comes back with the response. It is written
/// to and logged; nothing is decided by it.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct RequestRecord {
    /// The request's id, also in `X-Request-Id`.
    pub request_id: String,
    /// The endpoint's id.
    pub endpoint: String,
    /// The handler's name.
    pub operation: String,
    /// The method of the client's request.
    pub method: String,
    /// The trace that the client's `traceparent` names.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub trace_id: Option<String>,
    /// When the request came, in milliseconds since the epoch.
    pub started: u64,
    /// The least level that the endpoint's settings want.
    pub least_level: LogLevel,
    /// A keyed hash of the caller's `user`, once it is known.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub user: Option<String>,
    /// The issuer of the caller's token, once it is verified.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub issuer: Option<String>,
    /// The status of Dify's response, once there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dify_status: Option<u16>,
    /// The trace that Dify's response names, under which Dify's own log has the request.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub dify_trace_id: Option<String>,
    /// The status of the response to the client.
    pub status: u16,
    /// The code of a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub code: Option<String>,
    /// What only the log may say about a refusal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub detail: Option<String>,
    /// How a relayed body ended, if it did not end well.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub end: Option<String>,
    /// Where the time went, if the request was relayed.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub times: Option<Times>,
    /// What an AI client asked for.
    pub mcp: Option<McpRecord>,
}

/// What the log tells of a request of an AI client. Never what a tool was given, or what it gave.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct McpRecord {
    /// The era of the protocol.
    pub era: String,
    /// The method; `other` for one that the server does not have.
    pub method: String,
    /// The name of the tool that was called, if there is such a tool.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub tool: Option<String>,
    /// The client's own name, if it gave one.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub client: Option<String>,
    /// Whether the result of a call is an error.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub is_error: Option<bool>,
}

/// Where the time of a relayed request went, as the host measures it, in microseconds.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Times {
    /// From the arrival of the request to the request to Dify.
    gateway: u64,
    /// From there to the end of Dify's response.
    dify: u64,
    /// From the arrival to the first event that is no ping, if there was one.
    first_event: Option<u64>,
}

impl Times {
    /// All of them in microseconds.
    pub const fn new(gateway: u64, dify: u64, first_event: Option<u64>) -> Self {
        Self {
            gateway,
            dify,
            first_event,
        }
    }

    /// From the arrival of the request to the request to Dify.
    pub const fn gateway(self) -> Duration {
        Duration::from_micros(self.gateway)
    }

    /// From the request to Dify to the end of its response.
    pub const fn dify(self) -> Duration {
        Duration::from_micros(self.dify)
    }

    /// From the arrival of the request to the first event that is no ping.
    pub fn first_event(self) -> Option<Duration> {
        self.first_event.map(Duration::from_micros)
    }
}

impl RequestRecord {
    /// Notes why the request is refused.
    pub fn refused(&mut self, refusal: &Refusal) {
        self.status = refusal.code().status().as_u16();
        self.code = Some(refusal.code().as_str().to_owned());
        self.detail = refusal.log_detail().map(str::to_owned);
    }

    /// The event that the request has ended.
    pub(super) fn end_at(&self, now: UnixTime) -> RequestEnd<'_> {
        let milliseconds = |duration: Duration| duration.as_millis();
        let first_event = self.times.and_then(Times::first_event);
        RequestEnd {
            event: "request",
            started: self.started,
            request_id: &self.request_id,
            endpoint: &self.endpoint,
            operation: &self.operation,
            method: &self.method,
            verdict: self.verdict(),
            user: self.user.as_deref(),
            issuer: self.issuer.as_deref(),
            status: self.status,
            code: self.code.as_deref(),
            dify_status: self.dify_status,
            trace_id: self.trace_id.as_deref(),
            dify_trace_id: self.dify_trace_id.as_deref(),
            end: self.end.as_deref(),
            detail: self.detail.as_deref(),
            mcp: self.mcp.as_ref(),
            milliseconds: self.age(now).as_millis(),
            dify_milliseconds: self.times.map(Times::dify).map(milliseconds),
            first_event_milliseconds: first_event.map(milliseconds),
            gateway: self.times.map_or_else(|| self.age(now), Times::gateway),
            dify: self.times.map(Times::dify),
            first_event,
        }
    }

    fn age(&self, now: UnixTime) -> Duration {
        now.since(UnixTime::from_millis(self.started))
    }

    /// Whether the gateway let the request through. What Dify then made of it is in its status.
    const fn verdict(&self) -> &'static str {
        match (&self.code, self.status) {
            (None, _) => "allowed",
            (Some(_), 500..) => "failed",
            (Some(_), _) => "refused",
        }
    }
}

/// A request that has ended.
#[derive(Serialize)]
pub struct RequestEnd<'a> {
    event: &'static str,
    started: u64,
    request_id: &'a str,
    endpoint: &'a str,
    operation: &'a str,
    method: &'a str,
    verdict: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    issuer: Option<&'a str>,
    status: u16,
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dify_status: Option<u16>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    dify_trace_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    end: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    mcp: Option<&'a McpRecord>,
    milliseconds: u128,
    #[serde(skip_serializing_if = "Option::is_none")]
    dify_milliseconds: Option<u128>,
    #[serde(skip_serializing_if = "Option::is_none")]
    first_event_milliseconds: Option<u128>,
    #[serde(skip)]
    gateway: Duration,
    #[serde(skip)]
    dify: Option<Duration>,
    #[serde(skip)]
    first_event: Option<Duration>,
}

impl RequestEnd<'_> {
    /// The handler's name.
    pub const fn operation(&self) -> &str {
        self.operation
    }

    /// The status of the response to the client.
    pub const fn status(&self) -> u16 {
        self.status
    }

    /// The code of a refusal.
    pub const fn code(&self) -> Option<&str> {
        self.code
    }

    /// The time in the gateway: until the request to Dify where there was one, else until the response.
    pub const fn gateway(&self) -> Duration {
        self.gateway
    }

    /// The time in Dify.
    pub const fn dify(&self) -> Option<Duration> {
        self.dify
    }

    /// The time to the first event.
    pub const fn first_event(&self) -> Option<Duration> {
        self.first_event
    }

    pub(super) const fn level(&self) -> LogLevel {
        match self.status {
            500.. => LogLevel::Error,
            _ if self.end.is_some() => LogLevel::Warn,
            _ => LogLevel::Info,
        }
    }
}
