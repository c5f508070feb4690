//! One scenario of `cargo xtask soak`, which builds and packages the plugin before.

use std::time::Duration;

use clap::{Parser, ValueEnum};
use gateway_tests::chaos::Chaos;
use gateway_tests::soak;

/// Runs the packaged plugin for a long time.
#[derive(Parser)]
struct Arguments {
    scenario: Scenario,
    /// How long the chaos lasts.
    #[arg(long, default_value_t = 600)]
    seconds: u64,
    /// Repeats a chaos.
    #[arg(long)]
    seed: Option<u64>,
}

#[derive(Clone, Copy, ValueEnum)]
enum Scenario {
    /// Random faults on both upstreams.
    Chaos,
    /// 200 000 requests with 50 000 tokens, after which the process is not larger.
    Growth,
    /// Responses that reach each of the gateway's time limits.
    Limits,
    /// Runs of 70 s, as every MCP SDK waits for them.
    McpClients,
    /// 60 MB at 200 kB/s.
    SlowReader,
}

#[tokio::main]
async fn main() {
    let arguments = Arguments::parse();
    match arguments.scenario {
        Scenario::Chaos => {
            let chaos = Chaos {
                seed: arguments.seed.unwrap_or_else(|| fastrand::u64(..)),
                duration: Duration::from_secs(arguments.seconds),
            };
            println!("{:#?}", chaos.run().await);
        }
        Scenario::Growth => soak::growth().await,
        Scenario::Limits => soak::limits().await,
        Scenario::McpClients => soak::mcp_clients().await,
        Scenario::SlowReader => soak::slow_reader().await,
    }
}
