//! The values that settings are made of.

use std::fmt;

use url::Url;

use crate::claims::ClaimPath;

/// An issuer identifier, compared byte for byte (OpenID Connect Core §3.1.3.7).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Issuer(pub(crate) String);

impl Issuer {
    /// The identifier, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Issuer {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.0)
    }
}

/// One entry of the setting `issuer`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub enum IssuerSetting {
    /// Exactly this issuer.
    Exact(Issuer),
    /// Entra's template with `{tenantid}`, filled from the token's own `tid`.
    EntraTemplate(String),
}

/// One entry of the setting `client_id`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientId {
    /// The issuer it is bound to with `issuer#id`; none for all.
    pub issuer: Option<Issuer>,
    /// The client ID.
    pub id: String,
}

/// Dify's API base: http or https, no query, no fragment, no user info, no trailing slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl(pub(crate) Url);

impl ApiUrl {
    /// The base URL.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }
}

/// One entry of `input_claims`: `name=path`, or `path` whose name is made from it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InputClaim {
    /// The name after `__oidc_`, of `[A-Za-z0-9_]`.
    pub name: String,
    /// Where the value is.
    pub path: ClaimPath,
}

/// Browser origins that may read answers.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub enum AllowedOrigins {
    /// Every origin, without credentials.
    Any,
    /// None.
    #[default]
    Nobody,
    /// Exactly these, as browsers write them in `Origin`.
    These(Vec<String>),
}
