//! Sign-in with an authorization server, as far as it is a matter of bytes: OAuth 2.0 (RFC 6749) with PKCE (RFC 7636),
//! OpenID Connect Core, and their neighbours. Building a request and judging its response are separate functions, and
//! none of them asks anybody.

mod address;
mod authorization_request;
mod authorization_response;
mod client_authentication;
mod dialect;
mod end_session;
mod endpoint_request;
mod logout_token;
mod nonce;
mod pkce;
mod revocation;
mod secrets;
mod token_error;
mod token_request;
mod token_response;

#[cfg(test)]
mod tests;

pub use authorization_request::{AuthorizationRequest, Prompt};
pub use authorization_response::{
    AuthorizationError, AuthorizationErrorCode, AuthorizationResponse, CallbackProblem,
};
pub use client_authentication::{AssertionInputs, CannotAuthenticate, ClientAuthentication};
pub use dialect::Dialect;
pub use end_session::{EndSession, EndSessionRequest};
pub use endpoint_request::EndpointRequest;
pub use logout_token::{LogoutExpectation, LogoutTarget, LogoutToken, LogoutTokenProblem};
pub use nonce::NonceHash;
pub use revocation::{RevocationRequest, RevokedToken};
pub use secrets::{
    AccessToken, AuthorizationCode, ClientSecret, CodeVerifier, IdToken, RefreshToken,
};
pub use token_error::{TokenError, TokenErrorCode};
pub use token_request::{Grant, TokenRequest};
pub use token_response::{RawResponse, TokenResponse};
