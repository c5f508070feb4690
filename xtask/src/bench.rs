//! `cargo xtask bench`: what the gateway costs, beside an endpoint that only relays. See `bench/`.

use anyhow::Result;
use clap::Args;

use crate::workspace::Workspace;
use crate::{package, setup, step};

/// How thorough.
#[derive(Args)]
pub struct Options {
    /// How often each figure is taken; the median counts.
    #[arg(long, default_value_t = 5)]
    rounds: usize,
    /// How long each load lasts, in seconds.
    #[arg(long, default_value_t = 4)]
    seconds: u64,
    /// Measures only this part and prints it (the profile is written); bench/RESULTS.md stays as it is.
    #[arg(long, value_parser = ["growth", "loads", "mcp", "profile", "sessions", "transfers"])]
    only: Option<String>,
}

/// What the plugin survives: a quarter of an hour, written into bench/RESULTS.md.
///
/// # Errors
/// As [`run`]; also a stream that has lost an event.
pub fn survival(workspace: &Workspace) -> Result<()> {
    measure(
        workspace,
        &["--rounds", "1", "--seconds", "6", "--survival"],
    )
}

/// Sets up, builds, measures.
///
/// # Errors
/// A set-up step has failed, or a plugin has answered with an error.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let (rounds, seconds) = (options.rounds.to_string(), options.seconds.to_string());
    let mut arguments = vec!["--rounds", &rounds, "--seconds", &seconds];
    if let Some(part) = &options.only {
        arguments.extend(["--only", part]);
    }
    measure(workspace, &arguments)
}

fn measure(workspace: &Workspace, arguments: &[&str]) -> Result<()> {
    setup::environment(workspace)?;
    package::build(workspace, package::Packaging::default())?;
    let mut bench = workspace.cargo();
    bench
        .args(["run", "--quiet", "--locked", "--release"])
        .args(["--package", "gateway-bench", "--"])
        .args(arguments);
    step::run("building what measures, and measuring", &mut bench)
}
