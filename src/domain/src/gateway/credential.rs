//! What a request carries to prove who sent it.

use crate::error::Refusal;
use crate::request::Request;
use crate::settings::AppKey;
use crate::token::AccessToken;

/// The credential of a request.
pub enum Credential {
    /// The one bearer token of `Authorization`.
    Bearer(AccessToken),
}

impl Credential {
    /// Takes it from the request. This is the only place that does.
    ///
    /// # Errors
    /// The request carries no credential, or one that cannot be a token.
    pub fn of(request: &Request) -> Result<Self, Refusal> {
        AccessToken::from_headers(&request.headers).map(Self::Bearer)
    }

    /// Whether it is the endpoint's app key, which only its administrator has.
    pub fn is(&self, app_key: &AppKey) -> bool {
        match self {
            Self::Bearer(token) => app_key.is(token.reveal()),
        }
    }
}
