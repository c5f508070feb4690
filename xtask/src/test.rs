//! `cargo xtask test`: set-up, build, package, linters and every test.

use std::process::Command;

use anyhow::Result;

use crate::setup::Environment;
use crate::workspace::Workspace;
use crate::{generated, package, setup, step};

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
    generated::check(workspace)?;
    package::build(workspace)?;
    if filter.is_none() {
        lint(workspace, &python)?;
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

    let mut cargo_test = workspace.cargo();
    cargo_test.args(["test", "--workspace"]).args(filter);
    step::run("testing everything else (cargo test)", &mut cargo_test)?;
    step::announce("every test has passed");
    Ok(())
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
