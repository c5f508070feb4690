//! `cargo xtask bench`: the packaged plugin, an endpoint of the SDK that only relays, and the earlier design, side by
//! side behind the stand-in daemon. What decides are ratios of one run, for the machine is never alone.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::Result;
use clap::Parser;

mod client;
mod contender;
mod load;
mod memory;
mod process;
mod profile;
mod report;
mod start;
mod streams;
mod suite;
mod upstream;
mod verification;

use suite::Plan;

#[derive(Parser)]
struct Arguments {
    /// The interpreter with the requirements of the earlier design.
    #[arg(long)]
    earlier_python: PathBuf,
    /// How often each figure is taken; the median counts.
    #[arg(long)]
    rounds: usize,
    /// How long a load lasts.
    #[arg(long)]
    seconds: u64,
}

#[tokio::main]
async fn main() -> Result<()> {
    let arguments = Arguments::parse();
    let plan = Plan {
        root: harness::workspace::root(),
        package: harness::workspace::package()?,
        python: harness::workspace::python()?,
        earlier_python: arguments.earlier_python,
        rounds: arguments.rounds,
        duration: Duration::from_secs(arguments.seconds),
    };
    let figures = suite::run(&plan, |what| println!("==> measuring: {what}")).await?;
    report::write(&plan, &figures)
}
