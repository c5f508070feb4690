//! The endpoint as an MCP server.

use super::PublicUrl;

/// Where AI clients find the app, below `public_url`. They compare the whole address byte for byte.
const SERVER: &str = "/mcp";

/// How AI clients reach the app as a tool.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mcp {
    resource: String,
    /// The scopes that clients ask the identity provider for, in the provider's own words.
    pub scopes: Vec<String>,
    /// What the tool is for, instead of the app's own description.
    pub description: Option<String>,
}

impl Mcp {
    pub(super) fn new(
        public_url: &PublicUrl,
        scopes: Vec<String>,
        description: Option<String>,
    ) -> Self {
        Self {
            resource: public_url.at(SERVER),
            scopes,
            description,
        }
    }

    /// The server's address: the resource identifier of RFC 8707 and RFC 9728, and the audience of tokens that are meant
    /// for nothing else.
    pub fn resource(&self) -> &str {
        &self.resource
    }
}
