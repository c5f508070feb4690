//! What kinds of provider do differently at the endpoints of OAuth 2.0.

use super::endpoint_request::Encoding;

/// How a provider wants its requests and writes its responses.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Dialect {
    /// OpenID Connect: forms in, strict JSON out.
    Oidc,
    /// OAuth 2.0 with the habits of many products: JSON or a form out, scopes separated by spaces or commas, the response
    /// within `data`, an error with status 200 as `error`, `code` or `errcode`.
    OAuth2,
    /// GitHub: JSON or a form out, scopes separated by commas, `error` with status 200, revocation by DELETE.
    GitHub,
    /// Feishu and Lark: JSON in and out, errors as `code` beside or instead of `error`, the response within `data` in
    /// older versions.
    Feishu,
}

impl Dialect {
    /// How the endpoints read their parameters.
    pub(super) const fn encoding(self) -> Encoding {
        match self {
            Self::Feishu => Encoding::Json,
            Self::GitHub | Self::OAuth2 | Self::Oidc => Encoding::Form,
        }
    }
}
