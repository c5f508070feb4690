//! `cargo xtask bench`: the packaged plugin and an endpoint of the SDK that only relays, side by side behind the
//! stand-in daemon. Only the ratios of one run decide, because the machine always has other work too.

use std::time::Duration;

use anyhow::Result;
use clap::{Parser, ValueEnum};

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
use test_bed::TestBed;

#[derive(Parser)]
struct Arguments {
    /// How often each figure is taken; the median counts.
    #[arg(long)]
    rounds: usize,
    /// How long a load lasts.
    #[arg(long)]
    seconds: u64,
    /// Only this part, which is printed (the profile is written); the file of results stays as it is.
    #[arg(long)]
    only: Option<Part>,
    /// Only what survives, which takes a quarter of an hour; the rest of the file of results stays as it is.
    #[arg(long, conflicts_with = "only")]
    survival: bool,
}

#[derive(Clone, Copy, ValueEnum)]
enum Part {
    Growth,
    Loads,
    Mcp,
    Profile,
    Sessions,
    Transfers,
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
    let progress = |what: &str| println!("==> measuring: {what}");
    if let Some(part) = arguments.only {
        return measure_part(part, &plan, progress).await;
    }
    if arguments.survival {
        return report::write_survival(&plan, &survival::run(&plan, progress).await?);
    }
    let figures = suite::run(&plan, progress).await?;
    report::write(&plan, &figures)
}

async fn measure_part(part: Part, plan: &Plan, progress: impl Fn(&str)) -> Result<()> {
    let bed = TestBed::set_up(plan).await?;
    match part {
        Part::Growth => report::print_growth(&growth::measure(&bed, plan).await?),
        Part::Loads => report::print_loads(&suite::loads(&bed, plan, progress).await?),
        Part::Mcp => report::print_mcp(&mcp::measure(&bed, plan).await?),
        Part::Profile => {
            let contenders = bed.contenders(plan).await?;
            return suite::profile(&contenders.gateway, &bed, plan).await;
        }
        Part::Sessions => report::print_sessions(&session::measure(&bed, plan).await?),
        Part::Transfers => report::print_transfers(&transfer::measure(&bed, plan).await?),
    }
}
