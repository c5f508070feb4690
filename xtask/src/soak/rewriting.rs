//! Random bodies and queries through the built module, read by the real werkzeug before and after:
//! `tests/host/test_rewriting.py`.

use anyhow::{Context, Result};

use super::fuzzing;
use crate::workspace::Workspace;
use crate::{module, setup, step};

/// The target's name.
pub const NAME: &str = "rewriting";

/// Each makes 150 requests of each kind.
const SEEDS: u32 = 400;

/// Runs the tests with many seeds, and with everything that the fuzz targets have found.
///
/// # Errors
/// Dify would read something else than was sent; the test's output is above.
pub fn run(workspace: &Workspace) -> Result<()> {
    let python = setup::environment(workspace)?;
    module::build(workspace)?;
    let mut pytest = workspace.command(python.program("python"));
    pytest
        .args(["-m", "pytest", "-q", "tests/host/test_rewriting.py"])
        .args(["--seeds", &SEEDS.to_string()])
        .arg("--found")
        .arg(fuzzing::found(workspace));
    let what = format!("rewriting random requests from {SEEDS} seeds");
    step::run(&what, &mut pytest).context("Dify would not read what was sent")
}
