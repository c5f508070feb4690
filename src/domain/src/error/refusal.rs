//! A refusal, from where it is decided to where it is answered and logged.

use std::time::Duration;

use http::HeaderValue;

use super::Code;
use crate::documentation::Document;

/// Why a request is refused, in the words that its sender may read.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Refusal {
    code: Code,
    message: String,
    log_detail: Option<String>,
    scope: Option<String>,
    retry_after: Option<Duration>,
    guide: Option<Document>,
    // Boxed, because every function that may refuse carries the room for it.
    allow: Option<Box<HeaderValue>>,
}

impl Refusal {
    /// A refusal with the sentence that the client reads: what was found, what was expected, and the remedy.
    pub fn new(code: Code, message: impl Into<String>) -> Self {
        Self {
            code,
            message: message.into(),
            log_detail: None,
            scope: None,
            retry_after: None,
            guide: None,
            allow: None,
        }
    }

    /// Adds what only the log may say.
    pub fn with_log_detail(self, detail: impl Into<String>) -> Self {
        Self {
            log_detail: Some(detail.into()),
            ..self
        }
    }

    /// Adds the scopes that a token needs, for the challenge's `scope` (RFC 6750 §3).
    pub fn with_scope(self, scope: impl Into<String>) -> Self {
        Self {
            scope: Some(scope.into()),
            ..self
        }
    }

    /// Adds `Retry-After`.
    pub fn with_retry_after(self, wait: Duration) -> Self {
        Self {
            retry_after: Some(wait),
            ..self
        }
    }

    /// Adds `Allow`.
    pub fn with_allow(self, allow: HeaderValue) -> Self {
        Self {
            allow: Some(Box::new(allow)),
            ..self
        }
    }

    /// Adds the document that says how this is set up.
    pub fn with_guide(self, guide: Option<Document>) -> Self {
        Self { guide, ..self }
    }

    /// The code.
    pub const fn code(&self) -> Code {
        self.code
    }

    /// The sentence for the client.
    pub fn message(&self) -> &str {
        &self.message
    }

    /// What only the log may say.
    pub fn log_detail(&self) -> Option<&str> {
        self.log_detail.as_deref()
    }

    /// The scopes for the challenge.
    pub fn scope(&self) -> Option<&str> {
        self.scope.as_deref()
    }

    /// How long the client should wait.
    pub const fn retry_after(&self) -> Option<Duration> {
        self.retry_after
    }

    /// The address of the document that says what to do, if that is more than the message.
    pub fn documentation(&self) -> Option<String> {
        let guide = self.guide.map(|guide| guide.address().to_owned());
        guide.or_else(|| self.code.documentation())
    }

    /// The methods that the path has.
    pub fn allow(&self) -> Option<&HeaderValue> {
        self.allow.as_deref()
    }
}
