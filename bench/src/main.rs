//! `cargo xtask bench`: the packaged plugin and an endpoint of the SDK that only relays, side by side behind the
//! stand-in daemon. Only the ratios of one run decide, because the machine always has other work too.

use std::time::Duration;

use anyhow::Result;
use clap::Parser;

mod client;
mod contender;
mod figures;
mod load;
mod memory;
mod package;
mod process;
mod profile;
mod report;
mod start;
mod streams;
mod suite;
mod targets;
mod test_bed;
mod upstream;
mod verification;

use figures::Plan;

#[derive(Parser)]
struct Arguments {
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
        rounds: arguments.rounds,
        duration: Duration::from_secs(arguments.seconds),
    };
    let figures = suite::run(&plan, |what| println!("==> measuring: {what}")).await?;
    report::write(&plan, &figures)
}
