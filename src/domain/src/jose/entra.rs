//! The issuers that Microsoft Entra's keys name: one per tenant, or a template for all tenants.

/// What stands for the tenant in Entra's tenant-independent documents.
pub(crate) const TENANT_PLACEHOLDER: &str = "{tenantid}";

const V1_PREFIX: &str = "https://sts.windows.net/";
const V2_PREFIX: &str = "https://login.microsoftonline.com/";
const V2_SUFFIX: &str = "/v2.0";

/// Whether `issuer` is one of the issuers that `pattern` stands for: itself, or the template with any tenant.
fn covers(pattern: &str, issuer: &str) -> bool {
    match pattern.split_once(TENANT_PLACEHOLDER) {
        None => pattern == issuer,
        Some((prefix, suffix)) => tenant_between(prefix, issuer, suffix).is_some(),
    }
}

/// Whether a key that says it belongs to `key_issuer` may sign for `issuer`. Entra's key documents for v1.0 tokens
/// name the v2.0 issuer of the same tenant.
pub(super) fn key_may_sign(key_issuer: &str, issuer: &str) -> bool {
    let as_v2 = || {
        let tenant = tenant_between(V1_PREFIX, issuer, "/")?;
        Some(format!("{V2_PREFIX}{tenant}{V2_SUFFIX}"))
    };
    covers(key_issuer, issuer) || as_v2().is_some_and(|v2| covers(key_issuer, &v2))
}

/// Whether the text has the form of a tenant ID, so that it cannot bring path segments into an issuer.
fn is_tenant_id(text: &str) -> bool {
    const HYPHENS: [usize; 4] = [8, 13, 18, 23];
    let fits = |(index, byte): (usize, u8)| match HYPHENS.contains(&index) {
        true => byte == b'-',
        false => byte.is_ascii_hexdigit(),
    };
    text.len() == 36 && text.bytes().enumerate().all(fits)
}

fn tenant_between<'a>(prefix: &str, issuer: &'a str, suffix: &str) -> Option<&'a str> {
    let tenant = issuer.strip_prefix(prefix)?.strip_suffix(suffix)?;
    is_tenant_id(tenant).then_some(tenant)
}

#[cfg(test)]
mod tests {
    use super::{covers, key_may_sign};

    const TENANT: &str = "9188040d-6c67-4c5b-b112-36a304b66dad";
    const OTHER: &str = "72f988bf-86f1-41af-91ab-2d7cd011db47";
    const TEMPLATE: &str = "https://login.microsoftonline.com/{tenantid}/v2.0";

    #[test]
    fn the_template_stands_for_every_tenant_and_nothing_else() {
        let rows = [
            (
                format!("https://login.microsoftonline.com/{TENANT}/v2.0"),
                true,
            ),
            (
                format!("https://login.microsoftonline.com/{OTHER}/v2.0"),
                true,
            ),
            (
                format!("https://login.microsoftonline.com/{TENANT}/v2.0/"),
                false,
            ),
            (format!("https://login.microsoftonline.com/{TENANT}"), false),
            (
                "https://login.microsoftonline.com/common/v2.0".to_owned(),
                false,
            ),
            ("https://login.microsoftonline.com//v2.0".to_owned(), false),
            ("https://login.microsoftonline.com/v2.0".to_owned(), false),
            (
                format!("https://login.microsoftonline.com/x/{TENANT}/v2.0"),
                false,
            ),
            (TEMPLATE.to_owned(), false),
        ];
        for (issuer, expected) in rows {
            assert_eq!(covers(TEMPLATE, &issuer), expected, "{issuer}");
        }
    }

    #[test]
    fn a_key_signs_for_its_own_issuer_in_both_versions_of_the_tenant() {
        let v1 = format!("https://sts.windows.net/{TENANT}/");
        let v2 = format!("https://login.microsoftonline.com/{TENANT}/v2.0");
        let foreign = format!("https://login.microsoftonline.com/{OTHER}/v2.0");
        let rows = [
            (TEMPLATE, v2.as_str(), true),
            (TEMPLATE, &v1, true),
            ("https://sts.windows.net/{tenantid}/", &v1, true),
            (&v2, &v2, true),
            (&v2, &v1, true),
            (&v2, &foreign, false),
            (&foreign, &v1, false),
            (&v1, &v2, false),
            (TEMPLATE, "https://evil.example/", false),
        ];
        for (key_issuer, issuer, expected) in rows {
            assert_eq!(
                key_may_sign(key_issuer, issuer),
                expected,
                "{key_issuer} for {issuer}"
            );
        }
    }
}
