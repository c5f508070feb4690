//! Why an identity provider is of no use right now, in words that say what to mend.

use std::time::Duration;

use http::StatusCode;

use crate::environment::{LogLevel, TransportError};
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;

/// How long a failed attempt holds back the next one, and what `Retry-After` says.
pub(super) const HOLD_BACK: Duration = Duration::from_secs(5);

/// What is asked of an identity provider.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Document {
    Discovery,
    Introspection,
    Keys,
    Userinfo,
}

impl Document {
    /// The word for it in the log.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Discovery => "discovery",
            Self::Introspection => "introspection",
            Self::Keys => "keys",
            Self::Userinfo => "userinfo",
        }
    }

    /// How much it matters in the log that it came. There is one for each token, or one in minutes.
    pub(super) const fn log_level(self) -> LogLevel {
        match self {
            Self::Discovery | Self::Keys => LogLevel::Info,
            Self::Introspection | Self::Userinfo => LogLevel::Debug,
        }
    }

    const fn label(self) -> &'static str {
        match self {
            Self::Discovery => "discovery document",
            Self::Introspection => "introspection answer",
            Self::Keys => "keys (`jwks_uri`)",
            Self::Userinfo => "userinfo answer",
        }
    }
}

/// The provider gave nothing: 503, and another attempt may go better.
pub(super) fn unavailable(issuer: &Issuer, document: Document, why: &str) -> Refusal {
    let label = document.label();
    let wait = HOLD_BACK.as_secs();
    let message = format!(
        "The identity provider `{issuer}` gave no {label}: {why}. Try again in {wait} seconds."
    );
    Refusal::new(Code::IdentityProviderUnavailable, message).with_retry_after(HOLD_BACK)
}

/// The provider gave something that nobody can use: 503, until an administrator mends it as `remedy` says.
pub(super) fn invalid(issuer: &Issuer, document: Document, why: &str, remedy: &str) -> Refusal {
    let label = document.label();
    let message =
        format!("The {label} of the identity provider `{issuer}` cannot be used: {why}. {remedy}");
    Refusal::new(Code::IdentityProviderInvalid, message)
}

/// There was no answer.
pub(super) fn no_answer(issuer: &Issuer, document: Document, error: TransportError) -> Refusal {
    let why = error.to_string();
    match error {
        TransportError::Broken | TransportError::Connect | TransportError::Timeout => {
            unavailable(issuer, document, &why)
        }
        TransportError::Tls => {
            let why = "the TLS handshake failed; the certificate of a private authority belongs in `ca_certificates`";
            unavailable(issuer, document, why)
        }
        TransportError::Malformed | TransportError::TooLarge => {
            invalid(issuer, document, &why, "Mend it at the provider.")
        }
        TransportError::Refused => invalid(
            issuer,
            document,
            &why,
            "Where the provider stands on a private network, write its internal address into `discovery_url`.",
        ),
    }
}

/// There was an answer, with a status that the gateway cannot use.
pub(super) fn wrong_status(issuer: &Issuer, document: Document, status: StatusCode) -> Refusal {
    let why = format!("the provider answered with status {}", status.as_u16());
    if status.is_server_error()
        || [StatusCode::REQUEST_TIMEOUT, StatusCode::TOO_MANY_REQUESTS].contains(&status)
    {
        return unavailable(issuer, document, &why);
    }
    let remedy = match document {
        Document::Discovery if status.is_redirection() => {
            "Redirects are not followed: write the address where the document stands into `discovery_url`."
        }
        Document::Discovery => {
            "Compare `issuer` with the provider's, or write the document's address into `discovery_url`."
        }
        _ if status.is_redirection() => {
            "Redirects are not followed: mend the address in the discovery document."
        }
        _ => "Mend the address in the provider's discovery document.",
    };
    invalid(issuer, document, &why, remedy)
}
