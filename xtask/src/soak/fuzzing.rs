//! Looks for inputs that break a parser of the domain, with libFuzzer.
//!
//! The coverage flags are those of `cargo fuzz` without its sanitizers, which need a nightly compiler. They would watch
//! `unsafe` code, and the domain has none.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};

use anyhow::{Context, Result};

use crate::step;
use crate::workspace::Workspace;

const COVERAGE: [&str; 5] = [
    "-Cpasses=sancov-module",
    "-Cllvm-args=-sanitizer-coverage-level=4",
    "-Cllvm-args=-sanitizer-coverage-inline-8bit-counters",
    "-Cllvm-args=-sanitizer-coverage-pc-table",
    "-Cllvm-args=-sanitizer-coverage-trace-compares",
];
/// `[profile.soak]` of Cargo.toml.
const PROFILE: &str = "soak";
const CORPUS: &str = "tests/fuzz/corpus";
const DICTIONARIES: &str = "tests/fuzz/dictionaries";

/// Runs every target for its share of `seconds`.
///
/// # Errors
/// There is no C++ compiler, or a target has failed; the error then says where the input is.
pub fn run(workspace: &Workspace, targets: &[String], seconds: u64) -> Result<()> {
    let program = build(workspace)?;
    let share = seconds / u64::try_from(targets.len())?.max(1);
    for name in targets {
        soak(workspace, &program, name, share.max(1))?;
    }
    Ok(())
}

fn build(workspace: &Workspace) -> Result<PathBuf> {
    let compiler = env::var_os("CXX").unwrap_or_else(|| "c++".into());
    step::read(workspace.command(compiler).arg("--version")).context(
        "libFuzzer is compiled from C++, and no compiler was found. Install one (Debian: `apt-get install g++`) or \
         name it in CXX. `cargo xtask test` replays the kept inputs without it.",
    )?;
    let host = step::read(workspace.command("rustc").args(["--print", "host-tuple"]))?;
    let mut cargo = workspace.cargo();
    cargo
        .env("CARGO_ENCODED_RUSTFLAGS", COVERAGE.join("\x1f"))
        .args(["build", "--package", "gateway-fuzz", "--bin", "fuzz-target"])
        // With a target named, the flags reach neither build scripts nor macros.
        .args(["--features", "libfuzzer", "--profile", PROFILE, "--target"])
        .arg(&host);
    step::run("building the fuzz targets", &mut cargo)?;
    Ok(workspace
        .target()
        .join(host)
        .join(PROFILE)
        .join("fuzz-target"))
}

/// The names of the targets in alphabetical order, each of which has a dictionary.
///
/// # Errors
/// The dictionaries cannot be listed.
pub fn targets(workspace: &Workspace) -> Result<Vec<String>> {
    let mut names = Vec::new();
    for entry in fs::read_dir(workspace.path(DICTIONARIES))? {
        let path = entry?.path();
        names.extend(
            path.file_stem()
                .map(|stem| stem.to_string_lossy().into_owned()),
        );
    }
    names.sort_unstable();
    Ok(names)
}

fn soak(workspace: &Workspace, program: &Path, name: &str, seconds: u64) -> Result<()> {
    let (new, kept) = (
        directory(workspace, "new", name)?,
        directory(workspace, "kept", name)?,
    );
    let failures = directory(workspace, "failures", name)?;
    unpack(workspace, name, &kept)?;
    let mut command = workspace.command(program);
    command
        .env("FUZZ_TARGET", name)
        .arg(format!("-max_total_time={seconds}"))
        .arg(format!("-dict={DICTIONARIES}/{name}.dict"))
        .arg(format!("-artifact_prefix={}/", failures.display()))
        .args([
            "-max_len=4096",
            "-timeout=10",
            "-verbosity=0",
            "-print_final_stats=1",
        ])
        .args([&new, &kept]);
    let what = format!("soaking {name} for {seconds} s");
    step::run(&what, &mut command).with_context(|| {
        let failures = failures.display();
        format!(
            "An input breaks {name}; it is in {failures}. Fix the parser, then keep the input: \
             `xxd -p -c 0 {failures}/<input> >> {CORPUS}/{name}.hex`."
        )
    })
}

/// Writes each kept input into a file of its own, as libFuzzer reads them.
fn unpack(workspace: &Workspace, name: &str, directory: &Path) -> Result<()> {
    let path = format!("{CORPUS}/{name}.hex");
    for (index, line) in workspace.read(&path)?.lines().enumerate() {
        let number = index + 1;
        let input = hex::decode(line)
            .with_context(|| format!("{path}:{number} must be hexadecimal digits"))?;
        fs::write(directory.join(number.to_string()), input)?;
    }
    Ok(())
}

/// Where each target has a directory of the inputs that it has found so far; the directory of a target that has never
/// run is missing.
pub fn found(workspace: &Workspace) -> PathBuf {
    inputs(workspace, "new")
}

fn inputs(workspace: &Workspace, purpose: &str) -> PathBuf {
    workspace.target().join("soak-inputs").join(purpose)
}

/// Inputs that libFuzzer reads or writes are kept with the build output.
fn directory(workspace: &Workspace, purpose: &str, name: &str) -> Result<PathBuf> {
    let directory = inputs(workspace, purpose).join(name);
    fs::create_dir_all(&directory)?;
    Ok(directory)
}
