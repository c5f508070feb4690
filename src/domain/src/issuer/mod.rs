//! Issuers of tokens. Microsoft Entra has one for each tenant, and a template that covers all of them.

use std::fmt;

mod entra;
#[cfg(test)]
mod tests;

pub use entra::TenantTemplate;
pub(crate) use entra::{is_entra, key_may_sign};

/// An issuer identifier, compared byte for byte (OpenID Connect Core §3.1.3.7).
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct Issuer(String);

impl Issuer {
    /// Takes the identifier as it is written in a setting or a token.
    pub fn new(identifier: impl Into<String>) -> Self {
        Self(identifier.into())
    }

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
    /// Entra's template, whose tenant is the token's own `tid`.
    EntraTemplate(TenantTemplate),
}

impl IssuerSetting {
    /// The entry, byte for byte.
    pub fn as_str(&self) -> &str {
        match self {
            Self::EntraTemplate(template) => template.as_str(),
            Self::Exact(issuer) => issuer.as_str(),
        }
    }

    /// Whether the entry is this issuer, or the template of this issuer.
    pub fn covers(&self, issuer: &Issuer) -> bool {
        match self {
            Self::EntraTemplate(template) => template.tenant_of(issuer.as_str()).is_some(),
            Self::Exact(exact) => exact == issuer,
        }
    }
}

/// The template of `settings` that covers `issuer`, unless an entry names `issuer` exactly.
pub(crate) fn template_of<'a>(
    issuer: &Issuer,
    settings: &'a [IssuerSetting],
) -> Option<&'a TenantTemplate> {
    if settings.contains(&IssuerSetting::Exact(issuer.clone())) {
        return None;
    }
    settings.iter().find_map(|setting| match setting {
        IssuerSetting::EntraTemplate(template) if setting.covers(issuer) => Some(template),
        IssuerSetting::EntraTemplate(_) | IssuerSetting::Exact(_) => None,
    })
}
