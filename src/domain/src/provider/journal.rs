//! The line that each question to an identity provider leaves in the log. No token and no secret is in it.

use std::time::Duration;

use serde::Serialize;

use super::failure::Document;
use crate::environment::{Environment, LogLevel};
use crate::error::Refusal;
use crate::settings::Issuer;

/// What was asked of whom, and how long that took.
pub(super) struct Entry<'a> {
    pub(super) issuer: &'a Issuer,
    pub(super) document: Document,
    pub(super) waited: Duration,
    /// What the endpoint wants to have logged.
    pub(super) least: LogLevel,
}

/// What is said of a document that came.
#[derive(Serialize)]
pub(super) struct Came {
    pub(super) outcome: &'static str,
    #[serde(flatten)]
    pub(super) keys: Option<KeyCounts>,
}

impl Came {
    pub(super) const OK: Self = Self {
        outcome: "ok",
        keys: None,
    };
}

/// How many keys of a set the gateway can use, and how many it left out.
#[derive(Serialize)]
pub(super) struct KeyCounts {
    pub(super) usable_keys: usize,
    pub(super) skipped_keys: usize,
}

#[derive(Serialize)]
struct Line<'a> {
    event: &'static str,
    document: &'static str,
    issuer: &'a str,
    #[serde(flatten)]
    came: Came,
    #[serde(skip_serializing_if = "Option::is_none")]
    detail: Option<&'a str>,
    milliseconds: u128,
}

impl Entry<'_> {
    /// Writes that the document came.
    pub(super) fn came(&self, environment: &dyn Environment, came: Came) {
        self.write(environment, self.document.log_level(), came, None);
    }

    /// Writes why there is none.
    pub(super) fn failed(&self, environment: &dyn Environment, refusal: &Refusal) {
        let came = Came {
            outcome: refusal.code().as_str(),
            keys: None,
        };
        self.write(environment, LogLevel::Warn, came, Some(refusal.message()));
    }

    fn write(
        &self,
        environment: &dyn Environment,
        level: LogLevel,
        came: Came,
        detail: Option<&str>,
    ) {
        if level < self.least {
            return;
        }
        let line = Line {
            event: "identity_provider_asked",
            document: self.document.as_str(),
            issuer: self.issuer.as_str(),
            came,
            detail,
            milliseconds: self.waited.as_millis(),
        };
        environment.log(level, &serde_json::to_string(&line).unwrap_or_default());
    }
}
