//! Issuers and the clients that their tokens may be issued for.

use url::Url;

use super::ClientId;
use super::address::parse_base_address;
use super::characters::expect_characters;
use super::list::{Entry, parse_list, parse_quotable_list};
use super::problems::Problems;
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
            return Err("is there twice; remove one".to_owned());
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
        return Err("does not name a tenant; write the tenant's own issuer, or \
                    `https://login.microsoftonline.com/{tenantid}/v2.0` and a `tid=` rule in `required_claims`"
            .to_owned());
    }
    Ok(IssuerSetting::Exact(Issuer::new(text)))
}

fn parse_template(text: &str) -> Result<IssuerSetting, String> {
    let template = TenantTemplate::parse(text)
        .filter(|template| parse_base_address(template.before_tenant()).is_ok())
        .ok_or("has braces where an issuer has none; Entra's template is `https://login.microsoftonline.com/{tenantid}/v2.0`")?;
    parse_base_address(&template.filled_with("tenant"))?;
    Ok(IssuerSetting::EntraTemplate(template))
}

fn names_no_tenant(url: &Url) -> bool {
    let tenant = url.path_segments().and_then(|mut segments| segments.next());
    url.host_str()
        .is_some_and(|host| host.starts_with("login.microsoftonline."))
        && tenant.is_some_and(|tenant| ENTRA_AUDIENCES.contains(&tenant))
}

/// The setting `client_id`.
pub(super) fn parse_client_ids(text: &str) -> Result<Vec<ClientId>, Problems> {
    parse_quotable_list(text, parse_client_id)
}

fn parse_client_id(entry: Entry<'_>) -> Result<ClientId, String> {
    let (issuer, id) = match entry.quoted {
        Some(id) => (entry.bare.strip_suffix('#'), id),
        None => match entry.bare.split_once('#') {
            Some((_, "")) => {
                return Err("has no client ID after `#`; write `issuer#id`".to_owned());
            }
            Some((issuer, id)) => (Some(issuer), id.to_owned()),
            None => (None, entry.bare.to_owned()),
        },
    };
    expect_client_id(&id)?;
    let issuer = issuer.map(bound_issuer);
    Ok(ClientId { issuer, id })
}

/// RFC 6749 appendix A.1 lets a client ID have visible ASCII characters and spaces.
fn expect_client_id(text: &str) -> Result<(), String> {
    let is_of_an_id = |character: char| character.is_ascii_graphic() || character == ' ';
    expect_characters(text, is_of_an_id).map_err(|character| {
        format!(
            "has {character}, which a client ID does not have; copy the ID again, and write it in `\"` if it has spaces or \
             commas"
        )
    })
}

fn bound_issuer(text: &str) -> IssuerSetting {
    match TenantTemplate::parse(text) {
        Some(template) => IssuerSetting::EntraTemplate(template),
        None => IssuerSetting::Exact(Issuer::new(text)),
    }
}
