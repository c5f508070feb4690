//! Installs what a bare machine does not have, through rustup, pip, npm and the system's packages.

mod node;
mod python;
mod rust;
mod stamp;
#[cfg(feature = "all")]
mod system;

pub use node::{browser_tests, dify_client, identity_provider, mcp_clients, openapi_client, page};
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
