//! The one line that every request leaves in the log.

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
    /// When the request came, in milliseconds since the epoch.
    pub started: u64,
    /// The least level that the endpoint's settings want.
    pub least_level: LogLevel,
    /// A keyed hash of the caller's `user`, once it is known.
    pub user: Option<String>,
    /// The issuer of the caller's token, once it is verified.
    pub issuer: Option<String>,
    /// The status of Dify's response, once there is one.
    pub dify_status: Option<u16>,
    /// The status of the response to the client.
    pub status: u16,
    /// The code of a refusal.
    pub code: Option<String>,
    /// What only the log may say about a refusal.
    pub detail: Option<String>,
    /// How a relayed body ended, if it did not end well.
    pub end: Option<String>,
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
        RequestEnd {
            event: "request",
            request_id: &self.request_id,
            endpoint: &self.endpoint,
            operation: &self.operation,
            user: self.user.as_deref(),
            issuer: self.issuer.as_deref(),
            status: self.status,
            code: self.code.as_deref(),
            dify_status: self.dify_status,
            end: self.end.as_deref(),
            detail: self.detail.as_deref(),
            milliseconds: now.since(UnixTime::from_millis(self.started)).as_millis(),
        }
    }
}

/// A request that has ended.
#[derive(Serialize)]
pub struct RequestEnd<'a> {
    event: &'static str,
    request_id: &'a str,
    endpoint: &'a str,
    operation: &'a str,
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
    end: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    milliseconds: u128,
}

impl RequestEnd<'_> {
    pub(super) const fn level(&self) -> LogLevel {
        match self.status {
            500.. => LogLevel::Error,
            _ if self.end.is_some() => LogLevel::Warn,
            _ => LogLevel::Info,
        }
    }
}
