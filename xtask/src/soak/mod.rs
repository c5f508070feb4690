//! `cargo xtask soak`: what takes too long for a test.

use anyhow::{Result, ensure};
use clap::Args;

use crate::step;
use crate::workspace::Workspace;

mod fuzzing;
mod scenarios;

use scenarios::SCENARIOS;

/// How long, and what.
#[derive(Args)]
pub struct Options {
    /// Seconds for the fuzz targets in all, of which each gets the same share, and as many for the chaos.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Soaks only the target with this name, such as `token` or `chaos`.
    #[arg(long)]
    target: Option<String>,
    /// Repeats the chaos that has printed this seed.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs every fuzz target, then every scenario of the packaged plugin.
///
/// # Errors
/// A target has failed, or cannot be built.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_wanted = |name: &str| {
        let wanted = options.target.as_deref();
        wanted.is_none_or(|wanted| wanted == name)
    };
    let mut targets = fuzzing::targets(workspace)?;
    let all = [targets.join(", "), SCENARIOS.join(", ")].join(", ");
    targets.retain(|name| is_wanted(name));
    let scenarios: Vec<&str> = SCENARIOS
        .into_iter()
        .filter(|name| is_wanted(name))
        .collect();
    ensure!(
        !targets.is_empty() || !scenarios.is_empty(),
        "there is no such target; there are {all}"
    );
    if !targets.is_empty() {
        fuzzing::run(workspace, &targets, options.seconds)?;
    }
    if !scenarios.is_empty() {
        scenarios::run(workspace, &scenarios, options.seconds, options.seed)?;
    }
    step::announce("no target has failed");
    Ok(())
}
