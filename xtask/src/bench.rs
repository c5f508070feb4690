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
    /// Measures only what a request by session costs, and prints it; bench/RESULTS.md stays as it is.
    #[arg(long)]
    sessions: bool,
    /// Measures only what a call of an AI client costs, and prints it; bench/RESULTS.md stays as it is.
    #[arg(long, conflicts_with = "sessions")]
    mcp: bool,
}

/// Sets up, builds, measures.
///
/// # Errors
/// A set-up step has failed, or a plugin has answered with an error.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    setup::environment(workspace)?;
    package::build(workspace, package::Packaging::default())?;
    let mut bench = workspace.cargo();
    bench
        .args(["run", "--quiet", "--locked", "--release"])
        .args(["--package", "gateway-bench", "--"])
        .args(["--rounds", &options.rounds.to_string()])
        .args(["--seconds", &options.seconds.to_string()])
        .args(options.sessions.then_some("--sessions"))
        .args(options.mcp.then_some("--mcp"));
    step::run("building what measures, and measuring", &mut bench)
}
