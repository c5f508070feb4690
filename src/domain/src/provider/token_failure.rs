//! Why a token endpoint gave no tokens, and whose fault that is.

use super::failure::Failure;
use crate::error::{Code, Refusal};

/// Why the token endpoint gave no tokens, with what a request is refused with. Only [`TokenFailure::Ended`] ends a
/// session: all others say nothing about the person.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum TokenFailure {
    /// As many exchanges are under way as may; nobody was asked.
    Busy(Refusal),
    /// The provider refuses the gateway itself, or the settings have no credentials for it.
    ClientRefused(Refusal),
    /// The provider does not take the code or the refresh token (any more).
    Ended(Refusal),
    /// The provider cannot be reached or is not well; a later attempt may go better.
    Temporary(Refusal),
    /// The provider has answered, and nobody can use that before an administrator has done something.
    Unusable(Refusal),
}

impl TokenFailure {
    /// Whether a session that was to be renewed has ended.
    pub const fn ends_session(&self) -> bool {
        matches!(self, Self::Ended(_))
    }

    /// What a request is refused with.
    pub const fn refusal(&self) -> &Refusal {
        match self {
            Self::Busy(refusal)
            | Self::ClientRefused(refusal)
            | Self::Ended(refusal)
            | Self::Temporary(refusal)
            | Self::Unusable(refusal) => refusal,
        }
    }

    /// A failure that is the provider's or the settings', and not the person's.
    pub(super) fn of_provider(refusal: Refusal) -> Self {
        match refusal.code() {
            Code::ConfigurationError => Self::ClientRefused(refusal),
            Code::IdentityProviderUnavailable => Self::Temporary(refusal),
            _ => Self::Unusable(refusal),
        }
    }
}

impl From<Failure> for TokenFailure {
    fn from(failure: Failure) -> Self {
        Self::of_provider(failure.into())
    }
}

impl From<TokenFailure> for Refusal {
    fn from(failure: TokenFailure) -> Self {
        match failure {
            TokenFailure::Busy(refusal)
            | TokenFailure::ClientRefused(refusal)
            | TokenFailure::Ended(refusal)
            | TokenFailure::Temporary(refusal)
            | TokenFailure::Unusable(refusal) => refusal,
        }
    }
}
