//! The packages of the identity provider that tests and demo sign in at.

use anyhow::{Context, Result, bail};

use super::stamp::Stamp;
use crate::step;
use crate::workspace::Workspace;

const DIRECTORY: &str = "tests/identity-provider";
const MINIMUM: u32 = 20;

/// Installs the identity provider's packages where they are not there yet.
///
/// # Errors
/// Node is missing or too old, or npm has failed.
pub fn identity_provider(workspace: &Workspace) -> Result<()> {
    let version = node_version(workspace)?;
    let inputs = [
        "tests/identity-provider/package.json",
        "tests/identity-provider/package-lock.json",
    ];
    let stamp = Stamp::new(
        workspace,
        "tests/identity-provider/node_modules",
        &inputs,
        &version,
    )?;
    if stamp.holds() {
        return Ok(());
    }
    let mut install = workspace.command("npm");
    install
        .current_dir(workspace.path(DIRECTORY))
        .args(["ci", "--no-audit", "--no-fund"]);
    step::run("installing the identity provider (npm ci)", &mut install)?;
    stamp.write()
}

fn node_version(workspace: &Workspace) -> Result<String> {
    let needed = format!(
        "Node {MINIMUM} or newer with npm is needed for the identity provider: install it from https://nodejs.org"
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
