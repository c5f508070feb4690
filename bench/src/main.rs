//! `cargo xtask bench`: the packaged plugin and an endpoint of the SDK that only relays, side by side behind the
//! stand-in daemon. Only the ratios of one run decide, because the machine always has other work too.

use std::time::Duration;

use anyhow::Result;
use clap::Parser;

mod client;
mod comparison;
mod contender;
mod figures;
mod growth;
mod load;
mod mcp;
mod memory;
mod package;
mod plan;
mod process;
mod profile;
mod report;
mod session;
mod start;
mod streams;
mod suite;
mod survival;
mod targets;
mod test_bed;
mod transfer;
mod upstream;
mod verification;

use plan::Plan;

#[derive(Parser)]
struct Arguments {
    /// How often each figure is taken; the median counts.
    #[arg(long)]
    rounds: usize,
    /// How long a load lasts.
    #[arg(long)]
    seconds: u64,
    /// Only what sessions cost; the file of results stays as it is.
    #[arg(long)]
    sessions: bool,
    /// Only what calls of AI clients cost; the file of results stays as it is.
    #[arg(long, conflicts_with = "sessions")]
    mcp: bool,
    /// Only what survives, which takes a quarter of an hour; the rest of the file of results stays as it is.
    #[arg(long)]
    survival: bool,
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
    if arguments.sessions {
        return report::print_sessions(&suite::sessions(&plan).await?);
    }
    if arguments.mcp {
        return report::print_mcp(&suite::mcp(&plan).await?);
    }
    let progress = |what: &str| println!("==> measuring: {what}");
    if arguments.survival {
        return report::write_survival(&plan, &survival::run(&plan, progress).await?);
    }
    let figures = suite::run(&plan, progress).await?;
    report::write(&plan, &figures)
}
