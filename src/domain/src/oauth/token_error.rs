//! Why the token endpoint gave no tokens (RFC 6749 §5.2), and what follows for a session.

use http::StatusCode;
use serde_json::Value;

use crate::json::shown;
use crate::limits;
use crate::text::cut;

macro_rules! error_codes {
    ($($(#[$doc:meta])* $variant:ident = $text:literal,)*) => {
        /// An error code of RFC 6749 §5.2 and of those who write more than it lists.
        #[derive(Clone, Debug, Eq, PartialEq)]
        pub enum TokenErrorCode {
            $($(#[$doc])* $variant,)*
            /// Another one, cut to [`limits::QUOTED_VALUE`] characters.
            Other(String),
        }

        impl TokenErrorCode {
            /// The codes that have a meaning here.
            pub const KNOWN: &'static [Self] = &[$(Self::$variant,)*];

            /// The code with this name.
            pub(super) fn parse(text: &str) -> Self {
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
    /// The client is unknown, or its proof is not good.
    InvalidClient = "invalid_client",
    /// The code or the refresh token is not good, or not this client's.
    InvalidGrant = "invalid_grant",
    /// The request is malformed.
    InvalidRequest = "invalid_request",
    /// A scope is unknown or not allowed.
    InvalidScope = "invalid_scope",
    /// The provider failed.
    ServerError = "server_error",
    /// The provider was asked too often (RFC 8628 §3.5; others send it too).
    SlowDown = "slow_down",
    /// The provider is overloaded or down.
    TemporarilyUnavailable = "temporarily_unavailable",
    /// The client may not use this grant.
    UnauthorizedClient = "unauthorized_client",
    /// The provider does not know this grant.
    UnsupportedGrantType = "unsupported_grant_type",
}

/// Why there are no tokens.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum TokenError {
    /// The endpoint says why.
    #[error("the token endpoint answered with the error {code}{description} (status {status})",
        code = shown(&Value::from(.code.as_str())), description = said(.description.as_deref()), status = .status.as_u16())]
    Reported {
        /// The status of the response.
        status: StatusCode,
        /// The error.
        code: TokenErrorCode,
        /// What else it says, for the log.
        description: Option<String>,
    },
    /// A status that means failure, and no error of OAuth 2.0.
    #[error("the token endpoint answered with status {status} and no OAuth error", status = .0.as_u16())]
    Status(StatusCode),
    /// A status that means success, and no tokens that can be used.
    #[error("the token endpoint's response cannot be used: {0}")]
    Unusable(String),
}

impl TokenError {
    /// Whether a session outlives this error of a refresh for a while, because the error says nothing of the person or
    /// the refresh token: the provider is in trouble, or does not accept the client. Every other error ends the session.
    pub fn is_temporary(&self) -> bool {
        match self {
            Self::Reported { status, code, .. } => is_trouble(*status) || is_of_the_client(code),
            Self::Status(_) | Self::Unusable(_) => true,
        }
    }

    /// Whether the provider does not accept the client, which only the administrator can change.
    pub fn is_client_refused(&self) -> bool {
        match self {
            Self::Reported { code, .. } => matches!(
                code,
                TokenErrorCode::InvalidClient | TokenErrorCode::UnauthorizedClient
            ),
            // RFC 6749 §5.2: 401 is the status of `invalid_client`.
            Self::Status(status) => *status == StatusCode::UNAUTHORIZED,
            Self::Unusable(_) => false,
        }
    }
}

/// The statuses of a server, or of a proxy before it, that cannot answer now.
fn is_trouble(status: StatusCode) -> bool {
    const TROUBLE: [StatusCode; 4] = [
        StatusCode::NOT_FOUND,
        StatusCode::REQUEST_TIMEOUT,
        StatusCode::TOO_EARLY,
        StatusCode::TOO_MANY_REQUESTS,
    ];
    status.is_server_error() || TROUBLE.contains(&status)
}

/// All known codes but `invalid_grant` are about the request, the client or the server.
fn is_of_the_client(code: &TokenErrorCode) -> bool {
    !matches!(
        code,
        TokenErrorCode::InvalidGrant | TokenErrorCode::Other(_)
    )
}

fn said(description: Option<&str>) -> String {
    description.map_or_else(String::new, |text| {
        format!(": {}", shown(&Value::from(text)))
    })
}
