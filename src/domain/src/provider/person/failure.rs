//! Why nobody can say who the person is.

use crate::error::{Code, Refusal};
use crate::provider::failure::Failure;

/// Why nobody can say who the person is, with what a request is refused with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum PersonFailure {
    /// The provider takes the token no longer, or speaks of somebody else: a session ends.
    Ended(Refusal),
    /// The provider cannot be reached or is not well; a later attempt may go better.
    Temporary(Refusal),
    /// The provider has answered, and nobody can use that before an administrator has done something.
    Unusable(Refusal),
}

impl PersonFailure {
    /// A failure that is the provider's and not the person's.
    pub(in crate::provider) fn of_provider(refusal: Refusal) -> Self {
        if refusal.code() == Code::IdentityProviderUnavailable {
            Self::Temporary(refusal)
        } else {
            Self::Unusable(refusal)
        }
    }

    /// What a request is refused with.
    pub const fn refusal(&self) -> &Refusal {
        match self {
            Self::Ended(refusal) | Self::Temporary(refusal) | Self::Unusable(refusal) => refusal,
        }
    }
}

impl From<Failure> for PersonFailure {
    fn from(failure: Failure) -> Self {
        Self::of_provider(failure.into())
    }
}

impl From<PersonFailure> for Refusal {
    fn from(failure: PersonFailure) -> Self {
        match failure {
            PersonFailure::Ended(refusal)
            | PersonFailure::Temporary(refusal)
            | PersonFailure::Unusable(refusal) => refusal,
        }
    }
}
