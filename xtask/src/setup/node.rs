//! The packages of npm that the chat page, the tests and the demo need.

use anyhow::{Context, Result, bail};

use super::stamp::Stamp;
use crate::step;
use crate::workspace::Workspace;

const MINIMUM: u32 = 20;

/// Installs the identity provider's packages if they are not installed yet.
///
/// # Errors
/// Node is missing or too old, or npm has failed.
pub fn identity_provider(workspace: &Workspace) -> Result<()> {
    install(
        workspace,
        "tests/identity-provider",
        "the identity provider",
    )
}

/// Installs Dify's own client for Node.js, which only the tests use, if it is not installed yet.
///
/// # Errors
/// As [`identity_provider`].
#[cfg(feature = "all")]
pub fn dify_client(workspace: &Workspace) -> Result<()> {
    install(workspace, "tests/clients/npm", "Dify's client")
}

/// Installs what makes a client of the OpenAPI document, which only the tests do, if it is not installed yet.
///
/// # Errors
/// As [`identity_provider`].
#[cfg(feature = "all")]
pub fn openapi_client(workspace: &Workspace) -> Result<()> {
    install(workspace, "tests/clients/openapi", "the OpenAPI generator")
}

/// Installs the official MCP clients, which only the tests use, if they are not installed yet.
///
/// # Errors
/// As [`identity_provider`].
#[cfg(feature = "all")]
pub fn mcp_clients(workspace: &Workspace) -> Result<()> {
    install(workspace, "tests/clients/mcp", "the MCP clients")
}

/// Installs the official programs that try an MCP server, and their Node, which only the tests use, if they are not
/// installed yet.
///
/// # Errors
/// As [`identity_provider`].
#[cfg(feature = "all")]
pub fn mcp_programs(workspace: &Workspace) -> Result<()> {
    install(
        workspace,
        "tests/clients/mcp-programs",
        "the programs that try an MCP server",
    )
}

/// Installs Playwright, which drives the tests in a real browser, if it is not installed yet. The browser is the system's.
///
/// # Errors
/// As [`identity_provider`].
#[cfg(feature = "all")]
pub fn browser_tests(workspace: &Workspace) -> Result<()> {
    install(workspace, "tests/browser", "Playwright")
}

/// Installs what the chat page is made with and of, if it is not installed yet.
///
/// # Errors
/// As [`identity_provider`].
pub fn page(workspace: &Workspace) -> Result<()> {
    install(workspace, "page", "the packages of the chat page")
}

fn install(workspace: &Workspace, directory: &str, what: &str) -> Result<()> {
    let version = version(workspace)?;
    let inputs = [
        &*format!("{directory}/package.json"),
        &*format!("{directory}/package-lock.json"),
    ];
    let stamp = Stamp::new(
        workspace,
        &format!("{directory}/node_modules"),
        &inputs,
        &version,
    )?;
    if stamp.holds() {
        return Ok(());
    }
    let mut install = workspace.command("npm");
    install.current_dir(workspace.path(directory)).args([
        "ci",
        "--ignore-scripts",
        "--no-audit",
        "--no-fund",
    ]);
    step::run(&format!("installing {what} (npm ci)"), &mut install)?;
    stamp.write()
}

/// What `node --version` says.
///
/// # Errors
/// Node is missing or too old.
pub fn version(workspace: &Workspace) -> Result<String> {
    let needed = format!(
        "Node {MINIMUM} or newer with npm is needed for the chat page, the tests and the demo: install it from https://nodejs.org"
    );
    let version =
        step::read(workspace.command("node").arg("--version")).with_context(|| needed.clone())?;
    let major = version
        .trim_start_matches('v')
        .split('.')
        .next()
        .and_then(|major| major.parse::<u32>().ok());
    if major.is_none_or(|major| major < MINIMUM) {
        bail!("{needed}; `node --version` says {version}");
    }
    Ok(version)
}
