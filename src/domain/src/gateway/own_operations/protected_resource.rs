//! `GET /.well-known/oauth-protected-resource` (RFC 9728), of the endpoint and of its MCP server.

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};
use serde::Serialize;

use super::json_response;
use crate::error::{Code, Refusal};
use crate::issuer::IssuerSetting;
use crate::response::Response;
use crate::settings::{Mcp, Settings};

/// How long a changed setting may stay unseen by a client that remembers the document.
const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("max-age=300");

/// The members of RFC 9728 §2. Lists without elements must be left out (§3.2).
#[derive(Serialize)]
struct Metadata<'a> {
    resource: &'a str,
    #[serde(skip_serializing_if = "Vec::is_empty")]
    authorization_servers: Vec<&'a str>,
    #[serde(skip_serializing_if = "<[String]>::is_empty")]
    scopes_supported: &'a [String],
    bearer_methods_supported: [&'static str; 1],
}

/// The metadata of the endpoint.
///
/// # Errors
/// 404 without `public_url`: what tells the endpoint's own address otherwise can be forged.
pub fn response(settings: &Settings) -> Result<Response, Refusal> {
    let Some(public_url) = &settings.public_url else {
        let message = "This endpoint publishes no protected-resource metadata: its setting `public_url` is empty.";
        return Err(Refusal::new(Code::NotFound, message));
    };
    Ok(document(settings, public_url.as_str(), &settings.scopes))
}

/// The metadata of the MCP server.
pub fn of_mcp(settings: &Settings, mcp: &Mcp) -> Response {
    let mut response = document(settings, mcp.resource(), &mcp.scopes);
    response.headers.insert(CACHE_CONTROL, FIVE_MINUTES);
    response
}

fn document(settings: &Settings, resource: &str, scopes: &[String]) -> Response {
    let metadata = Metadata {
        resource,
        authorization_servers: settings.issuers.iter().filter_map(exact).collect(),
        scopes_supported: scopes,
        bearer_methods_supported: ["header"],
    };
    json_response(StatusCode::OK, &metadata)
}

/// Entra's template is not an issuer that a client could ask.
fn exact(setting: &IssuerSetting) -> Option<&str> {
    match setting {
        IssuerSetting::EntraTemplate(_) => None,
        IssuerSetting::Exact(issuer) => Some(issuer.as_str()),
    }
}
