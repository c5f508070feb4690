//! The project's commands. They are a library so that tests can package a copy of the workspace.
//!
//! `cargo xtask` compiles them without the feature `all`, which is what `demo` needs: the first command that anybody runs
//! should not have to wait for what it does not use. Every other command then runs this program with the feature.

use std::process::ExitCode;

use anyhow::Result;
use clap::{Parser, Subcommand};

#[cfg(feature = "all")]
mod bench;
pub mod contents;
mod demo;
#[cfg(feature = "all")]
pub mod generated;
#[cfg(feature = "all")]
mod licences;
#[cfg(feature = "all")]
pub mod marketplace;
pub mod module;
pub mod package;
pub mod page;
mod setup;
#[cfg(feature = "all")]
mod soak;
mod step;
#[cfg(feature = "all")]
mod test;
pub mod workspace;

use workspace::Workspace;

/// Builds, packages, tests and shows the OIDC gateway plugin.
#[derive(Parser)]
#[command(name = "cargo xtask", bin_name = "cargo xtask", version)]
struct Arguments {
    #[command(subcommand)]
    command: Command,
}

#[derive(Subcommand)]
enum Command {
    /// Shows the plugin at work, between an identity provider and a Dify app, until Ctrl-C.
    Demo(demo::Options),
    /// Measures the packaged plugin against an endpoint that only relays, and writes bench/RESULTS.md. Needs Linux.
    #[cfg(feature = "all")]
    Bench(bench::Options),
    /// Builds host/gateway.wasm.
    #[cfg(feature = "all")]
    Build,
    /// Measures the chat page in Chromium: frames and keys in a conversation of 2000 messages and with answers of 100 kB.
    #[cfg(feature = "all")]
    Frames,
    /// Writes the files that are generated from the Rust tables.
    #[cfg(feature = "all")]
    Manifest {
        /// Changes nothing; fails and names the files that differ from the tables.
        #[arg(long)]
        check: bool,
    },
    /// Builds the chat page into page/assets, and writes the table of its files that the module is compiled with.
    #[cfg(feature = "all")]
    Page {
        /// Builds again whenever a file changes, and serves the page in front of the gateway at this address, such as
        /// the demo's.
        #[arg(long, value_name = "GATEWAY")]
        watch: Option<String>,
    },
    /// Builds and writes dist/<author>-oidc_gateway-<version>.difypkg.
    #[cfg(feature = "all")]
    Package(package::Packaging),
    /// Takes pictures of the chat page in Chromium, into target/screenshots and, for the README, into _assets.
    #[cfg(feature = "all")]
    Screenshots,
    /// Runs what takes too long for a test: the fuzz targets of the parsers, which need a C++ compiler, random whole
    /// requests, and the packaged plugin under load and faults.
    #[cfg(feature = "all")]
    Soak(soak::Options),
    /// Sets up what the tests need, then runs every test.
    #[cfg(feature = "all")]
    Test {
        /// Runs only the tests whose name contains this, and no linter.
        filter: Option<String>,
    },
}

/// Runs the command of this process's arguments.
///
/// # Errors
/// What went wrong and, if it is known, how to fix it.
pub fn run() -> Result<ExitCode> {
    let workspace = Workspace::this();
    #[cfg(not(feature = "all"))]
    if std::env::args_os()
        .nth(1)
        .is_none_or(|command| command != "demo")
    {
        return with_every_command(&workspace);
    }
    run_command(&workspace, Arguments::parse().command)?;
    Ok(ExitCode::SUCCESS)
}

fn run_command(workspace: &Workspace, command: Command) -> Result<()> {
    match command {
        Command::Demo(options) => demo::run(workspace, options),
        #[cfg(feature = "all")]
        Command::Bench(options) => bench::run(workspace, &options),
        #[cfg(feature = "all")]
        Command::Build => module::build(workspace),
        #[cfg(feature = "all")]
        Command::Frames => demo::measure_frames(workspace),
        #[cfg(feature = "all")]
        Command::Manifest { check: true } => generated::check(workspace),
        #[cfg(feature = "all")]
        Command::Manifest { check: false } => generated::write(workspace),
        #[cfg(feature = "all")]
        Command::Page {
            watch: Some(gateway),
        } => page::watch(workspace, &gateway),
        #[cfg(feature = "all")]
        Command::Page { watch: None } => page::write(workspace),
        #[cfg(feature = "all")]
        Command::Package(packaging) => package::build(workspace, packaging).map(drop),
        #[cfg(feature = "all")]
        Command::Screenshots => demo::take_screenshots(workspace),
        #[cfg(feature = "all")]
        Command::Soak(options) => soak::run(workspace, &options),
        #[cfg(feature = "all")]
        Command::Test { filter } => test::run(workspace, filter.as_deref()),
    }
}

/// Builds this program with the feature `all`, and gives it the arguments of this process.
///
/// # Errors
/// cargo cannot be started.
#[cfg(not(feature = "all"))]
fn with_every_command(workspace: &Workspace) -> Result<ExitCode> {
    use anyhow::Context;

    let mut cargo = workspace.cargo();
    cargo
        .args(["run", "--package", "xtask", "--"])
        .args(std::env::args_os().skip(1));
    let status = cargo.status().context("cargo cannot be started")?;
    let code = status.code().and_then(|code| u8::try_from(code).ok());
    Ok(code.map_or(ExitCode::FAILURE, ExitCode::from))
}
