//! `cargo xtask test`: set-up, build, package, linters and every test.

use std::fs;
use std::process::Command;

use anyhow::Result;
use harness::system::SKIPPED;

use crate::setup::Environment;
use crate::workspace::Workspace;
use crate::{generated, licences, package, page, setup, step};

/// pytest's exit code where no test has been selected.
const PYTEST_SELECTED_NOTHING: i32 = 5;

/// Runs everything, or with `filter` the tests whose name contains it.
///
/// # Errors
/// The first step that failed, with its command line.
pub fn run(workspace: &Workspace, filter: Option<&str>) -> Result<()> {
    let python = setup::environment(workspace)?;
    setup::identity_provider(workspace)?;
    setup::dify_client(workspace)?;
    setup::openapi_client(workspace)?;
    setup::mcp_clients(workspace)?;
    setup::mcp_programs(workspace)?;
    setup::older_mcp_client(workspace, &python)?;
    setup::browser_tests(workspace)?;
    setup::programs(workspace);
    generated::check(workspace)?;
    package::build(workspace, package::Packaging::default())?;
    if filter.is_none() {
        licences::check(workspace, &python)?;
        lint(workspace, &python)?;
    }
    if filter.is_none() {
        page::test(workspace)?;
    }
    let mut pytest = python_tool(workspace, &python, "pytest");
    pytest
        .arg("tests/host")
        .args(filter.map(|filter| ["-k", filter]).into_iter().flatten());
    let harmless: &[i32] = if filter.is_some() {
        &[PYTEST_SELECTED_NOTHING]
    } else {
        &[]
    };
    step::run_accepting("testing the host (pytest)", &mut pytest, harmless)?;

    let skipped = workspace.target().join("skipped-tests.txt");
    fs::write(&skipped, "")?;
    let mut cargo_test = workspace.cargo();
    cargo_test
        .args(["test", "--workspace"])
        .args(filter)
        .env(SKIPPED, &skipped);
    step::run("testing everything else (cargo test)", &mut cargo_test)?;
    conclude(&fs::read_to_string(&skipped)?);
    Ok(())
}

/// The last lines, which are what a person reads: nobody may take a test that was skipped for one that has passed.
fn conclude(skipped: &str) {
    if skipped.is_empty() {
        step::announce("every test has passed");
        return;
    }
    step::announce("every test that ran has passed; these were skipped:");
    for line in skipped.lines() {
        step::show(format_args!("    {line}\n"));
    }
}

fn lint(workspace: &Workspace, python: &Environment) -> Result<()> {
    let mut format = workspace.cargo();
    step::run(
        "checking the format (cargo fmt)",
        format.args(["fmt", "--all", "--check"]),
    )?;
    let mut clippy = workspace.cargo();
    clippy.args([
        "clippy",
        "--workspace",
        "--all-targets",
        "--",
        "-D",
        "warnings",
    ]);
    step::run("linting Rust (clippy)", &mut clippy)?;
    let mut ruff = python_tool(workspace, python, "ruff");
    step::run("linting Python (ruff)", ruff.arg("check"))?;
    let mut ruff = python_tool(workspace, python, "ruff");
    step::run(
        "checking the format of Python (ruff)",
        ruff.args(["format", "--check"]),
    )
}

fn python_tool(workspace: &Workspace, python: &Environment, module: &str) -> Command {
    let mut command = workspace.command(python.program("python"));
    command.args(["-m", module]);
    command
}
