//! Why a document of an identity provider could not be had.

use crate::environment::TransportError;

/// The remedy where only the provider itself can do something.
pub(super) const FIX_AT_PROVIDER: &str = "Fix this at the identity provider.";

/// Why a document could not be had.
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
