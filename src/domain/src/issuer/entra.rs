//! Microsoft Entra's issuers: one for each tenant, and templates in its tenant-independent documents.

use crate::uuid::is_uuid;

/// Where a template has the tenant ID.
const PLACEHOLDER: &str = "{tenantid}";

const V1_PREFIX: &str = "https://sts.windows.net/";
const V2_PREFIX: &str = "https://login.microsoftonline.com/";
const V2_SUFFIX: &str = "/v2.0";

/// An issuer with `{tenantid}` as one whole segment of its path. Anywhere else, such as in the host name, the
/// placeholder would let a token choose where its keys come from.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct TenantTemplate(String);

impl TenantTemplate {
    /// Takes a text that has the placeholder once, as a whole segment, and no other brace.
    pub fn parse(text: &str) -> Option<Self> {
        let (before, after) = text.split_once(PLACEHOLDER)?;
        let is_segment = before.ends_with('/') && (after.is_empty() || after.starts_with('/'));
        let has_braces = before.contains(['{', '}']) || after.contains(['{', '}']);
        (is_segment && !has_braces).then(|| Self(text.to_owned()))
    }

    /// The template, byte for byte.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// What comes before the tenant.
    pub(crate) fn before_tenant(&self) -> &str {
        self.0
            .split_once(PLACEHOLDER)
            .map_or("", |(before, _)| before)
    }

    /// The issuer of this tenant.
    pub fn filled_with(&self, tenant: &str) -> String {
        self.0.replace(PLACEHOLDER, tenant)
    }

    /// The tenant ID of `issuer`, if `issuer` is this template with one. A tenant ID is a UUID, so it cannot bring
    /// path segments of its own.
    pub fn tenant_of<'a>(&self, issuer: &'a str) -> Option<&'a str> {
        let (before, after) = self.0.split_once(PLACEHOLDER)?;
        tenant_between(before, issuer, after)
    }
}

/// Whether a key whose member `issuer` is `key_issuer` may sign for `issuer`. Entra's key documents for v1.0 tokens
/// name the v2.0 issuer of the same tenant.
pub(crate) fn key_may_sign(key_issuer: &str, issuer: &str) -> bool {
    let as_v2 = || {
        let tenant = tenant_between(V1_PREFIX, issuer, "/")?;
        Some(format!("{V2_PREFIX}{tenant}{V2_SUFFIX}"))
    };
    covers(key_issuer, issuer) || as_v2().is_some_and(|v2| covers(key_issuer, &v2))
}

/// The hosts of Entra's issuers, in its national clouds too.
const HOSTS: [&str; 5] = [
    "login.microsoftonline.com",
    "login.microsoftonline.us",
    "login.partner.microsoftonline.cn",
    "sts.windows.net",
    "sts.chinacloudapi.cn",
];

/// The domain of the tenants for customers (Entra External ID).
const CUSTOMERS: &str = ".ciamlogin.com";

/// Whether `issuer` is a tenant of Microsoft Entra.
pub(crate) fn is_entra(issuer: &str) -> bool {
    let host = issuer
        .strip_prefix("https://")
        .and_then(|rest| rest.split('/').next())
        .unwrap_or_default();
    HOSTS.contains(&host) || host.ends_with(CUSTOMERS)
}

fn covers(pattern: &str, issuer: &str) -> bool {
    match TenantTemplate::parse(pattern) {
        None => pattern == issuer,
        Some(template) => template.tenant_of(issuer).is_some(),
    }
}

fn tenant_between<'a>(before: &str, issuer: &'a str, after: &str) -> Option<&'a str> {
    let tenant = issuer.strip_prefix(before)?.strip_suffix(after)?;
    is_uuid(tenant).then_some(tenant)
}
