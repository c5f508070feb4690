//! Why an identity provider is of no use right now, in words that say what fixes that.

use std::time::Duration;

use super::document::Document;
use crate::environment::TransportError;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::limits;
use crate::time::whole_seconds;

/// The remedy where only the provider itself can do something.
pub(super) const FIX_AT_PROVIDER: &str = "Fix this at the identity provider.";

/// Which document of which provider.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Target {
    pub(super) issuer: Issuer,
    pub(super) document: Document,
}

/// A document that could not be had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct Failure {
    pub(super) target: Target,
    pub(super) cause: Cause,
}

/// Why it could not be had.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Cause {
    /// As many requests wait for it as may.
    Crowded,
    /// The provider sent something that nobody can use, until an administrator does what `remedy` says.
    Invalid { found: String, remedy: &'static str },
    /// The provider sent nothing, and another attempt may go better.
    Unavailable { found: String },
}

impl Cause {
    pub(super) fn invalid(found: impl Into<String>, remedy: &'static str) -> Self {
        Self::Invalid {
            found: found.into(),
            remedy,
        }
    }

    /// There was no response.
    pub(super) fn of_transport(error: TransportError) -> Self {
        match error {
            TransportError::Broken | TransportError::Busy | TransportError::Connect | TransportError::Timeout => {
                Self::Unavailable {
                    found: error.to_string(),
                }
            }
            TransportError::Tls => Self::Unavailable {
                found: "the TLS handshake failed; the certificate of a private authority belongs in `ca_certificates`"
                    .to_owned(),
            },
            TransportError::Malformed | TransportError::TooLarge => {
                Self::invalid(error.to_string(), FIX_AT_PROVIDER)
            }
            TransportError::Refused => Self::invalid(
                error.to_string(),
                "Where the provider is on a private network, write its internal address into `discovery_url`.",
            ),
        }
    }
}

impl Failure {
    /// What a request is refused with, where the next attempt is `wait` away.
    pub(super) fn refusal(&self, wait: Duration) -> Refusal {
        let Target { issuer, document } = &self.target;
        let label = document.label();
        let seconds = whole_seconds(wait);
        let (found, wait) = match &self.cause {
            Cause::Crowded => (
                format!("has not sent its {label} yet, and too many requests wait for it already"),
                seconds,
            ),
            Cause::Unavailable { found } => (format!("gave no {label}: {found}"), seconds),
            Cause::Invalid { found, remedy } => {
                let message = format!(
                    "The {label} of the identity provider `{issuer}` cannot be used: {found}. {remedy}"
                );
                return Refusal::new(Code::IdentityProviderInvalid, message);
            }
        };
        let unit = if wait == 1 { "second" } else { "seconds" };
        let message =
            format!("The identity provider `{issuer}` {found}. Try again in {wait} {unit}.");
        Refusal::new(Code::IdentityProviderUnavailable, message)
            .with_retry_after(Duration::from_secs(wait))
    }
}

/// For a failure that holds nothing back: the usual pause.
impl From<Failure> for Refusal {
    fn from(failure: Failure) -> Self {
        failure.refusal(limits::PROVIDER_PAUSE)
    }
}
