//! Revocation of a token at logout (RFC 7009 §2.1).

use http::Method;

use super::endpoint_request::{Encoding, EndpointRequest, Parts};
use super::{AccessToken, CannotAuthenticate, ClientAuthentication, Dialect, RefreshToken};

/// The token that shall not be good any more.
#[derive(Clone, Copy, Debug)]
pub enum RevokedToken<'a> {
    /// An access token.
    Access(&'a AccessToken),
    /// A refresh token, with which its access tokens end as well where the provider can do that.
    Refresh(&'a RefreshToken),
}

/// A request to the revocation endpoint. Its response says nothing that a logout would wait for.
#[derive(Clone, Copy, Debug)]
pub struct RevocationRequest<'a> {
    /// The client.
    pub client_id: &'a str,
    /// Its proof.
    pub authentication: ClientAuthentication<'a>,
    /// The token.
    pub token: RevokedToken<'a>,
}

impl RevocationRequest<'_> {
    /// The request as the provider reads it.
    ///
    /// # Errors
    /// The client could not be authenticated.
    pub fn encode(&self, dialect: Dialect) -> Result<EndpointRequest, CannotAuthenticate> {
        let (token, hint) = match self.token {
            RevokedToken::Access(token) => (token.reveal(), "access_token"),
            RevokedToken::Refresh(token) => (token.reveal(), "refresh_token"),
        };
        let mut parts = Parts::default();
        if dialect == Dialect::GitHub {
            return self.encode_for_github(parts, token);
        }
        self.authentication.add_to(&mut parts, self.client_id)?;
        parts.add("token", token);
        parts.add("token_type_hint", hint);
        Ok(parts.finish(Method::POST, dialect.encoding()))
    }

    /// `DELETE /applications/{client_id}/token` of GitHub's REST API, which takes the secret in `Authorization` only.
    fn encode_for_github(
        &self,
        mut parts: Parts,
        token: &str,
    ) -> Result<EndpointRequest, CannotAuthenticate> {
        let authentication = match self.authentication {
            ClientAuthentication::Post(secret) => ClientAuthentication::Basic(secret),
            other => other,
        };
        authentication.add_to(&mut parts, self.client_id)?;
        parts.add("access_token", token);
        Ok(parts.finish(Method::DELETE, Encoding::Json))
    }
}
