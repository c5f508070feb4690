//! What the token endpoint is asked (RFC 6749 §4.1.3 and §6, RFC 7636 §4.5).

use http::Method;

use super::endpoint_request::{EndpointRequest, Parts};
use super::{
    AuthorizationCode, CannotAuthenticate, ClientAuthentication, CodeVerifier, Dialect,
    RefreshToken,
};

/// What is given for tokens.
#[derive(Clone, Copy, Debug)]
pub enum Grant<'a> {
    /// The code of a callback.
    AuthorizationCode {
        /// The code.
        code: &'a AuthorizationCode,
        /// The redirect URI of the authorization request, exactly.
        redirect_uri: &'a str,
        /// The verifier whose challenge the authorization request had.
        verifier: &'a CodeVerifier,
    },
    /// A refresh token. No `scope` is sent, so the scopes stay the same (RFC 6749 §6).
    RefreshToken(&'a RefreshToken),
}

/// A request to the token endpoint.
#[derive(Clone, Copy, Debug)]
pub struct TokenRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// Its proof.
    pub authentication: ClientAuthentication<'a>,
    /// What is given.
    pub grant: Grant<'a>,
}

impl TokenRequest<'_> {
    /// The request as the provider reads it.
    ///
    /// # Errors
    /// The client could not be authenticated.
    pub fn encode(&self, dialect: Dialect) -> Result<EndpointRequest, CannotAuthenticate> {
        let mut parts = Parts::default();
        match self.grant {
            Grant::AuthorizationCode {
                code,
                redirect_uri,
                verifier,
            } => {
                parts.add("grant_type", "authorization_code");
                parts.add("code", code.reveal());
                parts.add("redirect_uri", redirect_uri);
                parts.add("code_verifier", verifier.reveal());
            }
            Grant::RefreshToken(token) => {
                parts.add("grant_type", "refresh_token");
                parts.add("refresh_token", token.reveal());
            }
        }
        self.authentication.add_to(&mut parts, self.client_id)?;
        Ok(parts.finish(Method::POST, dialect.encoding()))
    }
}
