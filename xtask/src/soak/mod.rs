//! `cargo xtask soak`: checks that take too long for a test.

use anyhow::{Result, ensure};
use clap::Args;

use crate::workspace::Workspace;
use crate::{bench, step};

mod fuzzing;
mod offline;
mod rewriting;
mod scenarios;
mod whole_requests;

use scenarios::SCENARIOS;

/// What `bench/src/survival` runs, beside the floor.
const SURVIVAL: &str = "survival";

/// How long, and which target.
#[derive(Args)]
pub struct Options {
    /// Seconds for all fuzz targets together, in equal shares, and the same again for the chaos.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Soaks only the target with this name, such as `token`, `chaos` or `whole-requests`.
    #[arg(long)]
    target: Option<String>,
    /// Repeats the chaos or the whole requests that have printed this seed.
    #[arg(long)]
    seed: Option<u64>,
}

/// Runs every fuzz target, then rewriting and whole requests, then every scenario of the packaged plugin, and last
/// what it survives beside the floor.
///
/// # Errors
/// A target has failed, or cannot be built.
pub fn run(workspace: &Workspace, options: &Options) -> Result<()> {
    let is_chosen = |name: &str| {
        let chosen = options.target.as_deref();
        chosen.is_none_or(|chosen| chosen == name)
    };
    let parsers = fuzzing::targets(workspace)?;
    if let Some(name) = &options.target {
        let mut names = parsers.iter().map(String::as_str).collect::<Vec<_>>();
        names.extend([offline::NAME, rewriting::NAME, whole_requests::NAME]);
        names.extend(SCENARIOS);
        names.push(SURVIVAL);
        ensure!(
            names.contains(&name.as_str()),
            "{name} is not a target. The targets are {}.",
            names.join(", ")
        );
    }
    let parsers: Vec<String> = parsers.into_iter().filter(|name| is_chosen(name)).collect();
    if !parsers.is_empty() {
        fuzzing::run(workspace, &parsers, options.seconds)?;
    }
    if is_chosen(offline::NAME) {
        offline::run(workspace)?;
    }
    if is_chosen(rewriting::NAME) {
        rewriting::run(workspace)?;
    }
    if is_chosen(whole_requests::NAME) {
        whole_requests::run(workspace, options.seed)?;
    }
    let scenarios: Vec<&str> = SCENARIOS
        .into_iter()
        .filter(|name| is_chosen(name))
        .collect();
    if !scenarios.is_empty() {
        scenarios::run(workspace, &scenarios, options.seconds, options.seed)?;
    }
    if is_chosen(SURVIVAL) {
        bench::survival(workspace)?;
    }
    step::announce("no target has failed");
    Ok(())
}
