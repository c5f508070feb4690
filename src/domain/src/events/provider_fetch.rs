//! A document was fetched from an identity provider, or could not be. The line has no token and no secret.

use std::time::Duration;

use serde::Serialize;

use crate::environment::LogLevel;
use crate::error::Refusal;

/// A fetch from an identity provider, and how it ended.
#[derive(Serialize)]
pub struct ProviderFetch<'a> {
    #[serde(skip)]
    level: LogLevel,
    event: &'static str,
    document: &'static str,
    issuer: &'a str,
    outcome: &'static str,
    #[serde(flatten)]
    keys: Option<KeyCounts>,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    /// What only the log may say, such as the provider's own words.
    #[serde(skip_serializing_if = "Option::is_none")]
    further: Option<&'a str>,
    milliseconds: u128,
}

/// How many keys of a set the gateway can use, and how many it left out.
#[derive(Clone, Copy, Debug, Eq, PartialEq, Serialize)]
pub struct KeyCounts {
    /// Keys that can verify a token.
    pub usable_keys: usize,
    /// Keys that were left out.
    pub skipped_keys: usize,
}

impl<'a> ProviderFetch<'a> {
    /// A fetch of `document` that has gone well and took `duration`.
    pub const fn new(
        level: LogLevel,
        document: &'static str,
        issuer: &'a str,
        duration: Duration,
    ) -> Self {
        Self {
            level,
            event: "identity_provider_asked",
            document,
            issuer,
            outcome: "ok",
            keys: None,
            detail: None,
            further: None,
            milliseconds: duration.as_millis(),
        }
    }

    /// The document says that the token is not good: no failure of the provider, so neither the level nor a detail shows one.
    pub const fn with_outcome(self, outcome: &'static str) -> Self {
        Self { outcome, ..self }
    }

    /// The document is a key set.
    pub const fn with_keys(self, keys: KeyCounts) -> Self {
        Self {
            keys: Some(keys),
            ..self
        }
    }

    /// The document could not be used.
    pub fn failed(self, refusal: &'a Refusal) -> Self {
        Self {
            level: LogLevel::Warn,
            outcome: refusal.code().as_str(),
            keys: None,
            detail: Some(refusal.message()),
            further: refusal.log_detail(),
            ..self
        }
    }

    /// The word for what was asked.
    pub const fn document(&self) -> &'static str {
        self.document
    }

    /// `ok`, the code of a refusal, or another word for a good end.
    pub const fn outcome(&self) -> &'static str {
        self.outcome
    }

    pub(super) const fn level(&self) -> LogLevel {
        self.level
    }
}
