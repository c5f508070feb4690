//! Who is let near the MCP server at all, before any token is looked at.

use http::header::ORIGIN;

use crate::error::{Code, Refusal};
use crate::gateway::case::Case;
use crate::settings::{Mcp, Settings};

/// How the endpoint is an MCP server.
///
/// # Errors
/// `not_found` where it is none.
pub fn settings_of(settings: &Settings) -> Result<&Mcp, Refusal> {
    settings.mcp.as_deref().ok_or_else(|| {
        Refusal::new(
            Code::NotFound,
            "This endpoint is no MCP server: its setting `mcp` is off.",
        )
    })
}

/// Lets a request near the server.
///
/// # Errors
/// `not_found` where the server is off, and `origin_refused`.
pub fn admit(case: &Case<'_>, settings: &Settings) -> Result<(), Refusal> {
    settings_of(settings)?;
    check_origin(case, settings)
}

/// MCP, Streamable HTTP, «Security Warning»: a server must look at `Origin`, because the page of an attacker may have been
/// given the server's address (DNS rebinding). What is not a browser sends none.
fn check_origin(case: &Case<'_>, settings: &Settings) -> Result<(), Refusal> {
    let Some(origin) = case.request.headers.get(ORIGIN) else {
        return Ok(());
    };
    let is_own = settings
        .public_url
        .as_ref()
        .is_some_and(|url| origin == url.origin());
    if is_own || settings.allowed_origins.allow(origin) {
        return Ok(());
    }
    let message = "The request comes from a page in a browser whose origin this endpoint does not let in. An administrator \
                   can write that origin into `allowed_origins`.";
    Err(Refusal::new(Code::OriginRefused, message))
}
