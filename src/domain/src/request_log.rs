//! The one line that every request leaves in the log.

use serde::{Deserialize, Serialize};

use crate::environment::{Environment, LogLevel};
use crate::error::Refusal;
use crate::time::UnixTime;

/// What is known of a request, from its start on. It travels with a relay and comes back with the answer.
#[derive(Clone, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct Trail {
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
    /// What Dify answered, once it has.
    pub dify_status: Option<u16>,
    /// The status of the answer.
    pub status: u16,
    /// The code of a refusal.
    pub code: Option<String>,
    /// What only the log may say of a refusal.
    pub detail: Option<String>,
    /// How a relayed body ended, where it did not end well.
    pub end: Option<String>,
}

#[derive(Serialize)]
struct Line<'a> {
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

impl Trail {
    /// Notes why the request is refused.
    pub fn refused(&mut self, refusal: &Refusal) {
        self.status = refusal.code().status().as_u16();
        self.code = Some(refusal.code().as_str().to_owned());
        self.detail = refusal.log_detail().map(str::to_owned);
    }

    /// Writes the line, where the endpoint's settings want its level.
    pub fn write(&self, environment: &dyn Environment) {
        if self.level() >= self.least_level {
            environment.log(self.level(), &self.line(environment.now()));
        }
    }

    fn level(&self) -> LogLevel {
        match self.status {
            500.. => LogLevel::Error,
            _ if self.end.is_some() => LogLevel::Warn,
            _ => LogLevel::Info,
        }
    }

    fn line(&self, now: UnixTime) -> String {
        let line = Line {
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
        };
        // Strings and numbers always serialise.
        serde_json::to_string(&line).unwrap_or_default()
    }
}
