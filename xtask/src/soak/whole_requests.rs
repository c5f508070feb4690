//! Random requests through the built module to a judge that reads them as Dify does: `tests/host/whole_requests.py`.

use std::time::{SystemTime, UNIX_EPOCH};

use anyhow::{Context, Result};

use crate::workspace::Workspace;
use crate::{module, setup, step};

/// The target's name.
pub const NAME: &str = "whole-requests";

const COUNT: u32 = 50_000;

/// Sends the requests of `seed`, or of a new seed.
///
/// # Errors
/// A request was not handled as it must be; the command that repeats it is printed above.
pub fn run(workspace: &Workspace, seed: Option<u64>) -> Result<()> {
    let python = setup::environment(workspace)?;
    module::build(workspace)?;
    let seed = match seed {
        Some(seed) => seed,
        None => SystemTime::now().duration_since(UNIX_EPOCH)?.as_secs(),
    };
    let mut send = workspace.command(python.program("python"));
    send.env("PYTHONPATH", workspace.root())
        .arg("tests/host/whole_requests.py")
        .args(["--seed", &seed.to_string()])
        .args(["--count", &COUNT.to_string()]);
    let what = format!("sending {COUNT} random requests of seed {seed}");
    step::run(&what, &mut send)
        .context("Dify would not do for the caller what a request asks for, or the module fails")
}
