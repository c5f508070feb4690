//! An endpoint's settings, parsed once into types that cannot be wrong.

use std::rc::Rc;

use url::Url;

use crate::claims::{ClaimPath, Rules};
use crate::environment::LogLevel;
use crate::issuer::IssuerSetting;
use crate::jose::JwkSet;

mod address;
mod certificate;
mod claim;
pub mod declaration;
mod dependent;
mod issuer;
mod list;
mod mistake;
mod parse;
mod reader;
mod scalar;
mod secret;
#[cfg(test)]
mod tests;
mod text;
mod value;

pub use mistake::{Mistake, Mistakes};
pub use secret::{AppKey, ClientSecret, UserHashKey};
pub use value::{AllowedOrigins, ApiUrl, ClientId, InputClaim, PublicUrl};

/// The settings of `design.md` §4, all of them valid, none contradicting another.
#[derive(Clone, Debug)]
pub struct Settings {
    /// The issuers whose tokens are taken; at least one.
    pub issuers: Vec<IssuerSetting>,
    /// The clients that a token may be meant for; at least one.
    pub client_ids: Vec<ClientId>,
    /// Dify's app API.
    pub dify_api_url: ApiUrl,
    /// The app's key.
    pub app_key: AppKey,
    /// Paths tried in order for `user`; at least one.
    pub user_claim: Vec<ClaimPath>,
    /// How the claim becomes `user`.
    pub user_format: UserFormat,
    /// Audiences other than the client IDs.
    pub audience: Vec<String>,
    /// Scopes that a token must carry, all of them.
    pub scopes: Vec<String>,
    /// Who may use the endpoint.
    pub required_claims: Rules,
    /// Who may use the app-wide operations; nobody where it is not set.
    pub admin_claims: Option<Rules>,
    /// Which claims go to `inputs`.
    pub input_claims: InputClaims,
    /// Browser origins.
    pub allowed_origins: AllowedOrigins,
    /// The endpoint's public base URL.
    pub public_url: Option<PublicUrl>,
    /// How tokens are validated.
    pub token_validation: TokenValidation,
    /// Which kind of token is taken.
    pub token_kind: TokenKind,
    /// For introspection.
    pub client_secret: Option<ClientSecret>,
    /// Whether claims that a rule names and the token lacks are asked from the userinfo endpoint.
    pub userinfo: bool,
    /// Whether tokens that stand for a client are taken.
    pub service_accounts: ServiceAccounts,
    /// Static keys.
    pub jwks: Option<Rc<JwkSet>>,
    /// Where discovery is fetched instead of the issuer's own address.
    pub discovery_url: Option<Url>,
    /// PEM of a private CA.
    pub ca_certificates: Option<Rc<str>>,
    /// Open streams of one user; none for no limit.
    pub streams_per_user: Option<u32>,
    /// Leeway for `exp`, `nbf` and `iat`, in seconds, at most 300.
    pub clock_skew: u32,
    /// The least level that is logged.
    pub log_level: LogLevel,
    /// SHA-256 over everything that was set: a cache key that no other settings share.
    pub digest: [u8; 32],
}

/// How the claim of `user_claim` becomes `user`.
#[derive(Clone, Debug)]
pub enum UserFormat {
    /// The claim's value as it is.
    Claim,
    /// `u_` and a keyed hash of issuer, path and value.
    Hashed(UserHashKey),
}

/// Which claims go to `inputs.__oidc_<name>`.
#[derive(Clone, Debug, Default)]
pub enum InputClaims {
    /// Those that the app declares.
    #[default]
    Declared,
    /// None.
    Nothing,
    /// These.
    Selected(Vec<InputClaim>),
}

/// How tokens are validated.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TokenValidation {
    /// A JWT by its signature; another token by introspection where a secret is set.
    #[default]
    Auto,
    /// By introspection alone.
    Introspection,
    /// By its signature alone.
    Jwt,
    /// By the userinfo endpoint, which proves no audience.
    Userinfo,
}

/// Which kind of token is taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum TokenKind {
    /// Access tokens.
    #[default]
    Access,
    /// Both.
    Either,
    /// ID tokens.
    Id,
}

/// Whether tokens that stand for a client, not a person, are taken.
#[derive(Clone, Copy, Debug, Default, Eq, PartialEq)]
pub enum ServiceAccounts {
    /// They are.
    Allow,
    /// They are not.
    #[default]
    Refuse,
}
