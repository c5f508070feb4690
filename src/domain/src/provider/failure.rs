//! Why an identity provider is of no use right now, in words that say what fixes that.

use std::time::Duration;

use super::cause::Cause;
use super::document::Document;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::limits;
use crate::time::whole_seconds;

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
