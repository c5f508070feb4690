//! Installs what a bare machine does not have, through rustup, pip, npm and the system's packages.

mod node;
mod python;
mod rust;
mod stamp;
#[cfg(feature = "all")]
mod system;

use std::path::PathBuf;

use anyhow::Result;

use crate::workspace::Workspace;

#[cfg(feature = "all")]
pub use node::{browser_tests, dify_client, mcp_clients, mcp_programs, openapi_client};
pub use node::{identity_provider, page};
pub use python::environment;
#[cfg(feature = "all")]
pub use python::{Environment, older_mcp_client};
pub use rust::wasm_target;
#[cfg(feature = "all")]
pub use system::programs;

/// Checks, before anything is installed, that the programs are there which the demo runs; returns the Python.
///
/// # Errors
/// Python or Node is missing or too old.
pub fn programs_of_the_demo(workspace: &Workspace) -> Result<PathBuf> {
    node::version(workspace)?;
    python::find(workspace)
}
