//! The project's commands. They are a library so that tests can package a copy of the workspace.

use anyhow::Result;
use clap::{Parser, Subcommand};

mod bench;
pub mod contents;
mod demo;
pub mod generated;
pub mod marketplace;
pub mod module;
pub mod package;
pub mod page;
mod setup;
mod soak;
mod step;
mod test;
pub mod workspace;

use workspace::Workspace;

/// Builds, packages, tests and shows the OIDC gateway plugin.
#[derive(Parser)]
#[command(name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the plugin at work, between an identity provider and a Dify app, until Ctrl-C.
    Demo(demo::Options),
    /// Measures the packaged plugin against an endpoint that only relays, and writes bench/RESULTS.md. Needs Linux.
    Bench(bench::Options),
    /// Builds host/gateway.wasm.
    Build,
    /// Measures the chat page in Chromium: frames and keys in a conversation of 2000 messages and with answers of 100 kB.
    Frames,
    /// Writes the files that are generated from the Rust tables.
    Manifest {
        /// Changes nothing; fails and names the files that differ from the tables.
        #[arg(long)]
        check: bool,
    },
    /// Builds the chat page into page/assets, and writes the table of its files that the module is compiled with.
    Page {
        /// Builds again whenever a file changes, and serves the page in front of the gateway at this address, such as
        /// the demo's.
        #[arg(long, value_name = "GATEWAY")]
        watch: Option<String>,
    },
    /// Builds and writes dist/<author>-oidc_gateway-<version>.difypkg.
    Package,
    /// Takes pictures of the chat page in Chromium, into target/screenshots and, for the README, into _assets.
    Screenshots,
    /// Runs what takes too long for a test: the fuzz targets of the parsers, which need a C++ compiler, random whole
    /// requests, and the packaged plugin under load and faults.
    Soak(soak::Options),
    /// Sets up what the tests need, then runs every test.
    Test {
        /// Runs only the tests whose name contains this, and no linter.
        filter: Option<String>,
    },
}

/// Runs the command of this process's arguments.
///
/// # Errors
/// What went wrong and, if it is known, how to fix it.
pub fn run() -> Result<()> {
    let workspace = Workspace::this();
    match Arguments::parse().command {
        Command::Demo(options) => demo::run(&workspace, options),
        Command::Bench(options) => bench::run(&workspace, &options),
        Command::Build => module::build(&workspace),
        Command::Frames => demo::measure_frames(&workspace),
        Command::Manifest { check: true } => generated::check(&workspace),
        Command::Manifest { check: false } => generated::write(&workspace),
        Command::Page {
            watch: Some(gateway),
        } => page::watch(&workspace, &gateway),
        Command::Page { watch: None } => page::write(&workspace),
        Command::Package => package::build(&workspace).map(drop),
        Command::Screenshots => demo::take_screenshots(&workspace),
        Command::Soak(options) => soak::run(&workspace, &options),
        Command::Test { filter } => test::run(&workspace, filter.as_deref()),
    }
}
