//! What the provider sends back through the browser (RFC 6749 §4.1.2, OpenID Connect Core §3.1.2.5 and §3.1.2.6).

use std::fmt;

use serde_json::Value;
use url::form_urlencoded;

use super::AuthorizationCode;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::json::shown;
use crate::limits;
use crate::text::cut;

/// The response of the authorization endpoint. Nothing in it is to be believed before its `state` is that of a login of
/// this browser.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorizationResponse {
    /// The `state`, visible ASCII.
    pub state: String,
    /// The issuer that the response names (RFC 9207 §2).
    pub iss: Option<String>,
    /// The code, or why there is none.
    pub result: Result<AuthorizationCode, AuthorizationError>,
}

/// The error that an authorization endpoint reports (RFC 6749 §4.1.2.1).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct AuthorizationError {
    /// The code.
    pub code: AuthorizationErrorCode,
    /// `error_description`, for the log: anyone can write it into an address. At most
    /// [`limits::QUOTED_VALUE`] characters.
    pub description: Option<String>,
}

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// An error code of RFC 6749 §4.1.2.1 or OpenID Connect Core §3.1.2.6.
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum AuthorizationErrorCode {
            $($(#[$doc])* $variant,)*
            /// Another one, cut to [`limits::QUOTED_VALUE`] characters: a text and nothing to decide by.
            Other(String),
        }

        impl AuthorizationErrorCode {
            /// The codes that have a meaning here.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            fn parse(text: &str) -> Self {
                match text {
                    $($text => Self::$variant,)*
                    other => Self::Other(cut(other, limits::QUOTED_VALUE).to_owned()),
                }
            }

            /// The code as it was sent.
            pub fn as_str(&self) -> &str {
                match self {
                    $(Self::$variant => $text,)*
                    Self::Other(text) => text,
                }
            }
        }
    };
}

error_codes! {
    /// The person or the provider said no.
    AccessDenied = "access_denied",
    /// Without showing anything the provider cannot know which account is meant.
    AccountSelectionRequired = "account_selection_required",
    /// Without showing anything the provider cannot ask for consent.
    ConsentRequired = "consent_required",
    /// Without showing anything the provider cannot go on.
    InteractionRequired = "interaction_required",
    /// The request is malformed.
    InvalidRequest = "invalid_request",
    /// A scope is unknown or not allowed.
    InvalidScope = "invalid_scope",
    /// Nobody is signed in at the provider.
    LoginRequired = "login_required",
    /// The provider failed.
    ServerError = "server_error",
    /// The provider is overloaded or down.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// The client may not use the code flow.
    UnauthorizedClient = "unauthorized_client",
    /// The provider does not know the code flow.
    UnsupportedResponseType = "unsupported_response_type",
}

impl fmt::Display for AuthorizationErrorCode {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&shown(&Value::from(self.as_str())))
    }
}

/// Why the query of a callback is not an authorization response.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CallbackProblem {
    /// Both a code and an error.
    #[error("it has both `code` and `error`")]
    CodeAndError,
    /// Neither a code nor an error.
    #[error("it has neither `code` nor `error`")]
    Empty,
    /// RFC 9207 §2.4: the response is from another issuer than the login was begun with.
    #[error("its `iss` is {found}, and the login was begun with {expected}", found = shown(&Value::from(.found.as_str())))]
    ForeignIssuer {
        /// What was sent.
        found: String,
        /// The issuer of the login.
        expected: Issuer,
    },
    /// RFC 9207 §2.4: the provider always sends `iss`, and here it is not.
    #[error("it has no `iss`, which {0} always sends")]
    IssuerMissing(Issuer),
    /// A parameter that must be visible ASCII and not empty.
    #[error("its `{0}` is empty or has characters that it cannot have (RFC 6749 appendix A)")]
    Malformed(&'static str),
    /// No `state`.
    #[error("it has no `state`")]
    StateMissing,
    /// A parameter, or the query, that is longer than any provider sends.
    #[error("its {name} is {length} bytes long; at most {limit} are accepted")]
    TooLong {
        /// Which.
        name: &'static str,
        /// Its length.
        length: usize,
        /// The limit.
        limit: usize,
    },
    /// RFC 6749 §3.1: a parameter that must not be there more than once.
    #[error("`{0}` is there more than once")]
    Twice(&'static str),
}

impl From<CallbackProblem> for Refusal {
    fn from(problem: CallbackProblem) -> Self {
        let message = format!(
            "The sign-in failed because the response of the identity provider cannot be used: {problem}. Start the \
             sign-in again."
        );
        Self::new(Code::SignInFailed, message)
    }
}

impl AuthorizationResponse {
    /// Parses the query of the redirect URI. Parameters that are not of the protocol are ignored (RFC 6749 §4.1.2).
    ///
    /// # Errors
    /// What is wrong with it, before anybody is asked.
    pub fn parse(query: &str) -> Result<Self, CallbackProblem> {
        check_length("query", query, limits::CALLBACK_QUERY)?;
        let state =
            parameter(query, "state", limits::STATE)?.ok_or(CallbackProblem::StateMissing)?;
        let state = visible("state", state)?;
        let iss = parameter(query, "iss", limits::SETTING)?;
        let code = parameter(query, "code", limits::AUTHORIZATION_CODE)?;
        let error = parameter(query, "error", limits::CALLBACK_QUERY)?;
        let description = parameter(query, "error_description", limits::CALLBACK_QUERY)?;
        let result = match (code, error) {
            (Some(code), None) => Ok(AuthorizationCode::new(visible("code", code)?)),
            (None, Some(error)) => Err(AuthorizationError {
                code: AuthorizationErrorCode::parse(&error),
                description: description.map(|text| cut(&text, limits::QUOTED_VALUE).to_owned()),
            }),
            (Some(_), Some(_)) => return Err(CallbackProblem::CodeAndError),
            (None, None) => return Err(CallbackProblem::Empty),
        };
        Ok(Self { state, iss, result })
    }

    /// Refuses a response of another issuer than `expected`, the one that this browser was sent to (RFC 9207 §2.4).
    /// `is_always_sent` is the provider's `authorization_response_iss_parameter_supported`.
    ///
    /// # Errors
    /// [`CallbackProblem::ForeignIssuer`] where `iss` is another, [`CallbackProblem::IssuerMissing`] where it is missing
    /// although the provider always sends it.
    pub fn check_issuer(
        &self,
        expected: &Issuer,
        is_always_sent: bool,
    ) -> Result<(), CallbackProblem> {
        match &self.iss {
            // "compare the value to the issuer identifier … using simple string comparison"
            Some(found) if found != expected.as_str() => Err(CallbackProblem::ForeignIssuer {
                found: found.clone(),
                expected: expected.clone(),
            }),
            // "MUST discard responses … that do not contain iss if the server supports it"
            None if is_always_sent => Err(CallbackProblem::IssuerMissing(expected.clone())),
            Some(_) | None => Ok(()),
        }
    }
}

/// The one parameter with this name, decoded.
fn parameter(
    query: &str,
    name: &'static str,
    limit: usize,
) -> Result<Option<String>, CallbackProblem> {
    let mut values = form_urlencoded::parse(query.as_bytes()).filter(|(other, _)| other == name);
    let Some((_, value)) = values.next() else {
        return Ok(None);
    };
    if values.next().is_some() {
        return Err(CallbackProblem::Twice(name));
    }
    check_length(name, &value, limit)?;
    Ok(Some(value.into_owned()))
}

const fn check_length(name: &'static str, text: &str, limit: usize) -> Result<(), CallbackProblem> {
    let length = text.len();
    if length > limit {
        return Err(CallbackProblem::TooLong {
            name,
            length,
            limit,
        });
    }
    Ok(())
}

/// RFC 6749 appendix A.5 and A.11: `1*VSCHAR`.
fn visible(name: &'static str, text: String) -> Result<String, CallbackProblem> {
    let is_visible = |byte: u8| (0x20..=0x7E).contains(&byte);
    if text.is_empty() || !text.bytes().all(is_visible) {
        return Err(CallbackProblem::Malformed(name));
    }
    Ok(text)
}
