//! The app as a tool for AI clients (Model Context Protocol).

use super::{Declaration, Setting};
use crate::limits;
use crate::settings::login::parse_login_scopes;
use crate::settings::problems::Problems;
use crate::settings::select::select;

settings! {
    MCP: Switch = Setting::select("mcp");

    MCP_SCOPES: Vec<String> = Setting::text("mcp_scopes", parse_login_scopes)
        .advanced()
        .example("https://dify.example.com/e/abcdefghijklmnop/mcp/chat");

    MCP_DESCRIPTION: String = Setting::text("mcp_description", parse_description)
        .advanced()
        .example("Answers questions about our travel policy.");
}

select! {
    /// `mcp` as it is written; with what it needs it becomes a `Mcp`.
    pub(in crate::settings) enum Switch, default "off" {
        Off = "off",
        On = "on",
    }
}

fn parse_description(text: &str) -> Result<String, Problems> {
    let length = text.chars().count();
    if length > limits::MCP_DESCRIPTION {
        return Err(format!(
            "has {length} characters; write at most {}",
            limits::MCP_DESCRIPTION
        )
        .into());
    }
    Ok(text.to_owned())
}
