//! The compiler's wasm target.

use std::path::Path;

use anyhow::{Context, Result};

use crate::step;
use crate::workspace::Workspace;

/// Makes sure that the toolchain of `rust-toolchain.toml` can compile for `target`.
///
/// # Errors
/// The target is missing and rustup cannot install it.
pub fn wasm_target(workspace: &Workspace, target: &str) -> Result<()> {
    let directory = step::read(workspace.command("rustc").args([
        "--print",
        "target-libdir",
        "--target",
        target,
    ]))?;
    if Path::new(&directory).is_dir() {
        return Ok(());
    }
    let mut install = workspace.command("rustup");
    install.args(["target", "add", target]);
    step::run(&format!("installing the Rust target {target}"), &mut install)
        .context("Install Rust with rustup (https://rustup.rs); it brings the targets of rust-toolchain.toml")
}
