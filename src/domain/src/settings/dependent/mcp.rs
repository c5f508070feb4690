//! What the MCP server needs of the other settings.

use std::rc::Rc;

use crate::issuer::IssuerSetting;
use crate::limits;
use crate::settings::declaration::access::SCOPES;
use crate::settings::declaration::connection::ISSUER;
use crate::settings::declaration::mcp::{MCP, MCP_DESCRIPTION, MCP_SCOPES, Switch};
use crate::settings::declaration::sign_in::PUBLIC_URL;
use crate::settings::reader::Reader;
use crate::settings::{Mcp, PublicUrl};

/// `mcp` with what belongs to it. `None` where it is off, and where something that it needs is missing or wrong.
pub(in crate::settings) fn mcp(
    reader: &mut Reader<'_>,
    issuers: &[IssuerSetting],
    public_url: Option<&PublicUrl>,
) -> Option<Rc<Mcp>> {
    let written = reader.read(&MCP_SCOPES);
    let description = reader.read(&MCP_DESCRIPTION);
    if reader.read(&MCP)? == Switch::Off {
        return None;
    }
    expect_address(reader, public_url);
    expect_askable_issuer(reader, issuers);
    let scopes = match written {
        Some(scopes) => scopes,
        None if reader.has(&MCP_SCOPES) => Vec::new(),
        None => reader.read(&SCOPES).unwrap_or_default(),
    };
    public_url.map(|public_url| Rc::new(Mcp::new(public_url, scopes, description)))
}

/// RFC 9728 §3.3: clients compare the metadata's `resource` with the address that they were given, so the gateway must
/// know it. What a request says of its own address can be forged.
fn expect_address(reader: &mut Reader<'_>, public_url: Option<&PublicUrl>) {
    if !reader.has(&PUBLIC_URL) {
        reader.add(
            &PUBLIC_URL,
            "is missing, and `mcp` `on` needs it; write the endpoint's address as Dify's plugin page shows it",
        );
    } else if public_url.is_some_and(|url| url.as_str().len() > limits::MCP_URL) {
        reader.add(
            &PUBLIC_URL,
            format!(
                "is longer than {} bytes, and with `mcp` it is in the head of responses; write a shorter one",
                limits::MCP_URL
            ),
        );
    }
}

/// Entra's template is the address of no provider, so no client could sign in anywhere.
fn expect_askable_issuer(reader: &mut Reader<'_>, issuers: &[IssuerSetting]) {
    let is_template = |issuer: &IssuerSetting| matches!(issuer, IssuerSetting::EntraTemplate(_));
    if !issuers.is_empty() && issuers.iter().all(is_template) {
        reader.add(
            &ISSUER,
            "has only Entra's template, and with `mcp` `on` clients need an address to sign in at; write the issuer of \
             one tenant as well",
        );
    }
}
