//! Where the workspace keeps what the harness starts.

use std::path::{Path, PathBuf};

use crate::Error;

/// The root of the workspace.
pub fn root() -> PathBuf {
    let crate_root = Path::new(env!("CARGO_MANIFEST_DIR"));
    crate_root
        .ancestors()
        .nth(2)
        .unwrap_or(crate_root)
        .to_owned()
}

/// The one package in `dist/`.
///
/// # Errors
///
/// There is no package, or there are several.
pub fn package() -> Result<PathBuf, Error> {
    let directory = root().join("dist");
    let entries = std::fs::read_dir(&directory)
        .into_iter()
        .flatten()
        .flatten()
        .map(|entry| entry.path());
    let mut packages: Vec<_> = entries
        .filter(|path| path.extension().is_some_and(|end| end == "difypkg"))
        .collect();
    match (packages.pop(), packages.len()) {
        (Some(package), 0) => Ok(package),
        (last, others) => Err(Error::Package {
            directory,
            count: others + usize::from(last.is_some()),
        }),
    }
}

/// The Python interpreter of the virtual environment.
///
/// # Errors
///
/// The virtual environment does not exist.
pub fn python() -> Result<PathBuf, Error> {
    installed(
        root().join(".venv/bin/python"),
        "run `cargo xtask test`, which makes the virtual environment",
    )
}

/// Where Python finds the MCP client 1.x, before the 2.x of the virtual environment.
///
/// # Errors
///
/// It has not been installed.
pub fn older_mcp_client() -> Result<PathBuf, Error> {
    installed(
        root().join(".venv/mcp-1"),
        "run `cargo xtask test`, which installs the MCP clients",
    )
}

/// The directory of the programs that try an MCP server, installed with the Node that they need.
///
/// # Errors
///
/// They have not been installed.
pub fn mcp_programs() -> Result<PathBuf, Error> {
    let directory = root().join("tests/clients/mcp-programs");
    installed(
        directory.join("node_modules/@modelcontextprotocol"),
        "run `npm ci --ignore-scripts` in tests/clients/mcp-programs",
    )?;
    Ok(directory)
}

/// The directory of the identity provider, its packages installed.
///
/// # Errors
///
/// The packages have not been installed.
pub fn identity_provider() -> Result<PathBuf, Error> {
    let directory = root().join("tests/identity-provider");
    installed(
        directory.join("node_modules/oidc-provider"),
        "run `npm ci` in tests/identity-provider",
    )?;
    Ok(directory)
}

/// The directory of the tests that need a real browser, its packages installed.
///
/// # Errors
///
/// The packages have not been installed.
pub fn browser_tests() -> Result<PathBuf, Error> {
    let directory = root().join("tests/browser");
    installed(
        directory.join("node_modules/@playwright/test"),
        "run `npm ci --ignore-scripts` in tests/browser",
    )?;
    Ok(directory)
}

fn installed(path: PathBuf, remedy: &'static str) -> Result<PathBuf, Error> {
    if path.exists() {
        Ok(path)
    } else {
        Err(Error::NotInstalled { path, remedy })
    }
}
