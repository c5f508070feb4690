//! The values that settings are made of.

use std::fmt;

use url::Url;

use crate::claims::ClaimPath;

/// What Entra's template has in the place of the tenant ID.
pub(super) const TENANT: &str = "{tenantid}";

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

impl IssuerSetting {
    /// The entry, byte for byte.
    pub fn as_str(&self) -> &str {
        match self {
            Self::EntraTemplate(template) => template,
            Self::Exact(issuer) => issuer.as_str(),
        }
    }

    /// Whether it is this issuer, or the template that this issuer is made from.
    pub fn covers(&self, issuer: &Issuer) -> bool {
        match self {
            Self::EntraTemplate(template) => {
                tenant_of(issuer.as_str(), template).is_some_and(is_tenant)
            }
            Self::Exact(exact) => exact == issuer,
        }
    }
}

fn tenant_of<'a>(issuer: &'a str, template: &str) -> Option<&'a str> {
    let (before, after) = template.split_once(TENANT)?;
    issuer.strip_prefix(before)?.strip_suffix(after)
}

/// Tenant IDs are UUIDs; what matters is that none leads out of its place in the path.
fn is_tenant(text: &str) -> bool {
    !text.is_empty()
        && text
            .chars()
            .all(|character| character.is_ascii_alphanumeric() || character == '-')
}

/// One entry of the setting `client_id`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ClientId {
    /// The issuer it is bound to with `issuer#id`; none for all.
    pub issuer: Option<IssuerSetting>,
    /// The client ID.
    pub id: String,
}

impl ClientId {
    /// Whether tokens of `issuer` may be meant for this client.
    pub fn is_for(&self, issuer: &Issuer) -> bool {
        self.issuer
            .as_ref()
            .is_none_or(|bound| bound.covers(issuer))
    }
}

/// Dify's API base: http or https, no query, no fragment, no user info, no slash at the end of a path that is more
/// than the slash.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct ApiUrl(pub(crate) Url);

impl ApiUrl {
    /// The base URL.
    pub const fn as_url(&self) -> &Url {
        &self.0
    }

    /// The address of `path`, which begins with a slash, below the base; `query` without `?`, empty for none.
    pub fn at(&self, path: &str, query: &str) -> Url {
        let mut url = self.0.clone();
        let base = url.path().trim_end_matches('/').to_owned();
        url.set_path(&format!("{base}{path}"));
        url.set_query((!query.is_empty()).then_some(query));
        url
    }
}

/// The endpoint's public base URL as its clients write it. They compare it byte for byte (RFC 9728 §3.3).
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct PublicUrl(pub(super) String);

impl PublicUrl {
    /// The URL, byte for byte as in the setting.
    pub fn as_str(&self) -> &str {
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

impl InputClaim {
    /// The name that `claim` gets where no other is set: what cannot stand in an input's name becomes `_`.
    pub fn name_of(claim: &str) -> String {
        let is_usable = |character: char| character.is_ascii_alphanumeric() || character == '_';
        claim
            .chars()
            .map(|character| if is_usable(character) { character } else { '_' })
            .collect()
    }
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
