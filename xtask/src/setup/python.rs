//! A Python that is new enough for the SDK, and the virtual environment in `.venv`.

use std::env;
use std::fs;
use std::path::{Path, PathBuf};
use std::process::Command;

use anyhow::{Result, bail};

use super::stamp::Stamp;
use crate::step;
use crate::workspace::Workspace;

/// The SDK's syntax needs 3.12, which is also what Dify starts plugins with.
const MINIMUM: Version = Version(3, 12);

const DIRECTORY: &str = ".venv";
const REQUIREMENTS: [&str; 2] = ["requirements.txt", "requirements-dev.txt"];
#[cfg(feature = "all")]
const OLDER_MCP_CLIENT: &str = "tests/clients/pypi/requirements-mcp-1.txt";

/// A Python version, major and minor.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
struct Version(u32, u32);

/// A virtual environment with the plugin's requirements and the tests'.
pub struct Environment {
    directory: PathBuf,
}

impl Environment {
    /// A program of the environment: `python`, `pytest`, `ruff`.
    pub fn program(&self, name: &str) -> PathBuf {
        let programs = if cfg!(windows) { "Scripts" } else { "bin" };
        self.directory.join(programs).join(name)
    }
}

/// Creates the environment if it does not exist or was created for other requirements.
///
/// # Errors
/// There is no Python that is new enough, or pip has failed.
pub fn environment(workspace: &Workspace) -> Result<Environment> {
    let environment = Environment {
        directory: workspace.path(DIRECTORY),
    };
    let python = find(workspace)?;
    let version = step::read(Command::new(&python).arg("--version"))?;
    let stamp = Stamp::new(workspace, DIRECTORY, &REQUIREMENTS, &version)?;
    if stamp.holds() {
        return Ok(environment);
    }
    let mut create = workspace.command(&python);
    create.args(["-m", "venv", "--clear", DIRECTORY]);
    step::run(
        &format!("creating {DIRECTORY} with {} ({version})", python.display()),
        &mut create,
    )?;

    let mut install = pip_install(workspace, &environment);
    install.args(REQUIREMENTS.iter().flat_map(|file| ["-r", file]));
    step::run(
        &format!("installing {}", REQUIREMENTS.join(" and ")),
        &mut install,
    )?;
    stamp.write()?;
    Ok(environment)
}

/// Installs the official MCP client 1.x beside the 2.x of the environment, if it is not installed yet. What both need
/// is the environment's.
///
/// # Errors
/// pip has failed.
#[cfg(feature = "all")]
pub fn older_mcp_client(workspace: &Workspace, environment: &Environment) -> Result<()> {
    let directory = format!("{DIRECTORY}/mcp-1");
    let stamp = Stamp::new(workspace, &directory, &[OLDER_MCP_CLIENT], "")?;
    if stamp.holds() {
        return Ok(());
    }
    let mut install = pip_install(workspace, environment);
    install.args(["--no-deps", "--upgrade", "--target", &directory]);
    install.args(["-r", OLDER_MCP_CLIENT]);
    step::run("installing the older MCP client for Python", &mut install)?;
    stamp.write()
}

fn pip_install(workspace: &Workspace, environment: &Environment) -> Command {
    let mut install = workspace.command(environment.program("python"));
    install.args([
        "-m",
        "pip",
        "install",
        "--quiet",
        "--disable-pip-version-check",
    ]);
    install
}

/// A Python that is new enough.
///
/// # Errors
/// There is none.
pub fn find(workspace: &Workspace) -> Result<PathBuf> {
    let mut seen = Vec::new();
    for candidate in candidates(workspace) {
        match version_of(&candidate) {
            Some(version) if version >= MINIMUM => return Ok(candidate),
            Some(Version(major, minor)) => {
                seen.push(format!("{} is {major}.{minor}", candidate.display()))
            }
            None => {}
        }
    }
    let found = if seen.is_empty() {
        "none was found".to_owned()
    } else {
        seen.join(", ")
    };
    bail!(
        "Python 3.12 or newer is needed ({found}): install it from https://www.python.org, with pyenv, or with `uv python install 3.12`"
    )
}

/// The interpreters that are tried, in this order; most of them do not exist.
fn candidates(workspace: &Workspace) -> impl Iterator<Item = PathBuf> {
    let on_path = ["python3", "python3.12", "python3.13", "python3.14"].map(PathBuf::from);
    let uv = std::iter::once_with(|| {
        let mut find = workspace.command("uv");
        step::read(find.args(["python", "find", "--no-project", ">=3.12"])).map(PathBuf::from)
    });
    on_path.into_iter().chain(pyenv()).chain(uv.flatten())
}

/// The versions in pyenv's directory: its commands name only those that are switched on.
fn pyenv() -> Vec<PathBuf> {
    let root = env::var_os("PYENV_ROOT").map(PathBuf::from);
    let Some(root) = root.or_else(|| env::home_dir().map(|home| home.join(".pyenv"))) else {
        return Vec::new();
    };
    let entries = fs::read_dir(root.join("versions"))
        .into_iter()
        .flatten()
        .flatten();
    let mut pythons: Vec<_> = entries
        .map(|entry| entry.path().join("bin/python3"))
        .collect();
    pythons.sort();
    pythons
}

fn version_of(python: &Path) -> Option<Version> {
    let script = "import sys; print(*sys.version_info[:2])";
    let printed = step::read(Command::new(python).args(["-c", script])).ok()?;
    let (major, minor) = printed.split_once(' ')?;
    Some(Version(major.parse().ok()?, minor.parse().ok()?))
}
