//! A step of a person's sign-in has ended: a login, a check with the provider, a logout. The line has no token, no code of
//! the provider's, no cookie and no name.

use serde::Serialize;

use crate::environment::LogLevel;
use crate::error::Refusal;

/// A step, and how it ended.
#[derive(Serialize)]
pub struct SignInStep<'a> {
    #[serde(skip)]
    level: LogLevel,
    event: &'static str,
    request_id: &'a str,
    endpoint: &'a str,
    issuer: &'a str,
    #[serde(skip_serializing_if = "Option::is_none")]
    user: Option<String>,
    outcome: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<String>,
}

/// Which step it is.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Step {
    /// The identity provider ends sessions (OpenID Connect Back-Channel Logout).
    BackChannelLogout,
    /// A session was compared with the provider.
    Check,
    /// The way through the provider.
    Login,
    /// The person signs out.
    Logout,
}

impl<'a> SignInStep<'a> {
    /// A step that has gone well, of the request with this id, at the identity provider `issuer`.
    pub const fn new(step: Step, request_id: &'a str, endpoint: &'a str, issuer: &'a str) -> Self {
        Self {
            level: LogLevel::Info,
            event: step.as_str(),
            request_id,
            endpoint,
            issuer,
            user: None,
            outcome: "ok",
            detail: None,
        }
    }

    /// It is about the user with this name in the log, which tells nothing about the person.
    pub fn of_user(self, log_name: Option<String>) -> Self {
        Self {
            user: log_name,
            ..self
        }
    }

    /// It has gone well in a way that an administrator may want to know of.
    pub fn with_detail(self, detail: Option<String>) -> Self {
        Self { detail, ..self }
    }

    /// It came to another good end than the usual one.
    pub const fn with_outcome(mut self, outcome: &'static str) -> Self {
        self.outcome = outcome;
        self
    }

    /// It was refused. What only the log may say stands beside what the person reads.
    pub fn failed(self, refusal: &Refusal) -> Self {
        let is_ours = refusal.code().status().is_server_error();
        let detail = refusal.log_detail().unwrap_or_else(|| refusal.message());
        Self {
            level: if is_ours {
                LogLevel::Warn
            } else {
                LogLevel::Info
            },
            outcome: refusal.code().as_str(),
            detail: Some(detail.to_owned()),
            ..self
        }
    }

    /// The name of the step.
    pub const fn name(&self) -> &'static str {
        self.event
    }

    /// `ok`, the code of a refusal, or another word for a good end.
    pub const fn outcome(&self) -> &'static str {
        self.outcome
    }

    pub(super) const fn level(&self) -> LogLevel {
        self.level
    }
}

impl Step {
    const fn as_str(self) -> &'static str {
        match self {
            Self::BackChannelLogout => "back_channel_logout",
            Self::Check => "session_check",
            Self::Login => "login",
            Self::Logout => "logout",
        }
    }
}
