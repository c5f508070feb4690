//! Issuers and the clients that their tokens may be meant for.

use url::Url;

use super::ClientId;
use super::address::parse_base_address;
use super::list::parse_list;
use super::reader::Problems;
use crate::issuer::{Issuer, IssuerSetting, TenantTemplate};

const DISCOVERY: &str = "/.well-known/";

/// What Entra's sign-in addresses have in the place of a tenant; no token's `iss` has it there.
const ENTRA_AUDIENCES: [&str; 3] = ["common", "consumers", "organizations"];

/// The setting `issuer`.
pub(super) fn parse_issuers(text: &str) -> Result<Vec<IssuerSetting>, Problems> {
    let mut earlier = Vec::new();
    parse_list(text, |entry| {
        let issuer = parse_issuer(entry)?;
        if earlier.contains(&issuer) {
            return Err("stands there twice; remove one".to_owned());
        }
        earlier.push(issuer.clone());
        Ok(issuer)
    })
}

fn parse_issuer(text: &str) -> Result<IssuerSetting, String> {
    if text.contains(DISCOVERY) {
        return Err(
            "is the address of a document; write the `issuer` that the document names, \
                    most often the part before `/.well-known/`"
                .to_owned(),
        );
    }
    if text.contains(['{', '}']) {
        return parse_template(text);
    }
    let url = parse_base_address(text)?;
    if names_no_tenant(&url) {
        return Err("names no tenant; write the tenant's own issuer, or \
                    `https://login.microsoftonline.com/{tenantid}/v2.0` and a `tid=` rule in `required_claims`"
            .to_owned());
    }
    Ok(IssuerSetting::Exact(Issuer::new(text)))
}

fn parse_template(text: &str) -> Result<IssuerSetting, String> {
    let template = TenantTemplate::parse(text)
        .filter(|template| parse_base_address(template.before_tenant()).is_ok())
        .ok_or("has braces where none belong; Entra's template is `https://login.microsoftonline.com/{tenantid}/v2.0`")?;
    parse_base_address(&template.filled_with("tenant"))?;
    Ok(IssuerSetting::EntraTemplate(template))
}

fn names_no_tenant(url: &Url) -> bool {
    let tenant = url.path_segments().and_then(|mut segments| segments.next());
    url.host_str()
        .is_some_and(|host| host.starts_with("login.microsoftonline."))
        && tenant.is_some_and(|tenant| ENTRA_AUDIENCES.contains(&tenant))
}

/// The setting `client_id`; there are no `issuers` where that setting is wrong itself.
pub(super) fn parse_client_ids(
    text: &str,
    issuers: &[IssuerSetting],
) -> Result<Vec<ClientId>, Problems> {
    parse_list(text, |entry| parse_client_id(entry, issuers))
}

/// RFC 6749 appendix A.1 lets a client ID have visible ASCII characters, and a space, which separates here.
fn parse_client_id(text: &str, issuers: &[IssuerSetting]) -> Result<ClientId, String> {
    if !text.chars().all(|character| character.is_ascii_graphic()) {
        return Err(
            "has a character that no client ID has, perhaps an invisible one; type it by hand"
                .to_owned(),
        );
    }
    let Some((issuer, id)) = text.split_once('#') else {
        return Ok(ClientId {
            issuer: None,
            id: text.to_owned(),
        });
    };
    if id.is_empty() {
        return Err("has no client ID behind `#`; write `issuer#id`".to_owned());
    }
    Ok(ClientId {
        issuer: Some(parse_bound_issuer(issuer, issuers)?),
        id: id.to_owned(),
    })
}

fn parse_bound_issuer(text: &str, issuers: &[IssuerSetting]) -> Result<IssuerSetting, String> {
    let exact = Issuer::new(text);
    if let Some(issuer) = issuers.iter().find(|issuer| issuer.as_str() == text) {
        return Ok(issuer.clone());
    }
    if issuers.is_empty() || issuers.iter().any(|issuer| issuer.covers(&exact)) {
        return Ok(IssuerSetting::Exact(exact));
    }
    Err("is bound to an issuer that `issuer` does not have; write one of them before `#`, character by character"
        .to_owned())
}
