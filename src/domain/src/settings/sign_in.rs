//! How people sign in with their browser, as the settings say it.

use std::time::Duration;

use super::PublicUrl;
use super::select::select;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;

/// What a login and its session are made from.
#[derive(Clone, Debug)]
pub struct SignIn {
    /// Where the browser finds the endpoint: https, or http on localhost, without a slash at its end.
    pub public_url: PublicUrl,
    /// Who signs people in.
    pub issuer: Issuer,
    /// The client as which the gateway is registered there.
    pub client_id: String,
    /// The scopes that a login asks for; `None` for those that are usual with the kind of the provider.
    pub login_scopes: Option<Vec<String>>,
    /// What the authorization request has beside the protocol's own parameters.
    pub login_parameters: Vec<(String, String)>,
    /// How long a session lasts.
    pub limits: SessionLimits,
    /// Origins that images in answers may load from, as browsers write them in `Origin`.
    pub page_origins: Vec<String>,
    /// SHA-256 over the settings that decide who somebody is and what they may do. A session that was made under
    /// others does not count.
    pub policy_digest: [u8; 32],
}

impl SignIn {
    /// Whether this endpoint is the one of `public_url`; `hook_id` is that of the request. At the address of another
    /// endpoint its cookies and redirects would belong to that one.
    ///
    /// # Errors
    /// `configuration_error`, where `public_url` names another hook.
    pub fn check_hook(&self, hook_id: &str) -> Result<(), Refusal> {
        match self.public_url.hook_id() {
            Some(named) if named != hook_id => Err(Refusal::new(
                Code::ConfigurationError,
                "The endpoint's settings are wrong. `public_url` ends with `/e/` and the ID of another endpoint; write \
                 the address that Dify shows for this one.",
            )),
            _ => Ok(()),
        }
    }
}

/// How long a session lasts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct SessionLimits {
    /// From a login until the next one; one hour to seven days.
    pub lifetime: Duration,
    /// Without use; at least two checks.
    pub idle: Duration,
    /// From one check with the provider to the next; one minute to an hour.
    pub check: Duration,
}

select! {
    /// What the provider speaks.
    pub enum ProviderKind, default "oidc" {
        /// OpenID Connect.
        Oidc = "oidc",
        /// OAuth 2.0 without OpenID, at the addresses of `provider_endpoints`.
        OAuth2 = "oauth2",
        /// GitHub's OAuth 2.0.
        GitHub = "github",
        /// Feishu's and Lark's OAuth 2.0.
        Feishu = "feishu",
    }
}

select! {
    /// How the gateway proves to the provider which client it is.
    pub enum ClientAuthenticationSetting, default "auto" {
        /// As the provider's metadata offer it.
        Auto = "auto",
        /// The secret in `Authorization: Basic` (RFC 6749 §2.3.1).
        Basic = "basic",
        /// The secret in the form (RFC 6749 §2.3.1).
        Post = "post",
        /// A JWT signed with `client_key` (RFC 7523 §2.2).
        PrivateKeyJwt = "private_key_jwt",
        /// Not at all: a public client (RFC 6749 §2.1).
        None = "none",
    }
}

select! {
    /// Whether the endpoint serves the chat page.
    pub enum Page, default "on" {
        /// It does, where `sign_in` is on.
        On = "on",
        /// A document without a script takes its place; people sign in for a frontend of one's own.
        Off = "off",
    }
}
