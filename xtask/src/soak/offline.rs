//! The offline package, installed where no index can be reached, and started.

use std::fs;
use std::io::{BufRead, BufReader, Cursor};
use std::process::{Command, Stdio};
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail, ensure};
use zip::ZipArchive;

use crate::package::{self, Packaging};
use crate::setup;
use crate::step;
use crate::workspace::Workspace;

/// The target's name.
pub const NAME: &str = "offline-package";

/// What the other machine type installs from; its wheels cannot be installed here.
const OTHER_MACHINE: [&str; 2] = ["manylinux_2_28_aarch64", "manylinux2014_aarch64"];

/// From the start of the plugin to its first line for the daemon. It compiles the module first.
const START: Duration = Duration::from_secs(120);

/// Builds the package, installs it from its own wheels, and starts it.
///
/// # Errors
/// A wheel is missing, or the plugin does not start.
pub fn run(workspace: &Workspace) -> Result<()> {
    let packaging = Packaging {
        offline: true,
        release: false,
    };
    let package = package::build(workspace, packaging)?;
    let python = setup::environment(workspace)?;
    let directory = workspace.target().join("offline");
    if directory.exists() {
        fs::remove_dir_all(&directory)?;
    }
    ZipArchive::new(Cursor::new(fs::read(&package)?))?.extract(&directory)?;

    let inside = |program: &str| {
        let mut command = Command::new(program);
        // A proxy that nobody is: whoever asks an index fails.
        let nowhere = "http://127.0.0.1:9";
        command
            .current_dir(&directory)
            .env("HTTPS_PROXY", nowhere)
            .env("HTTP_PROXY", nowhere);
        command
    };
    let mut create = inside(&python.program("python").to_string_lossy());
    step::run(
        "making an environment of its own",
        create.args(["-m", "venv", ".venv"]),
    )?;
    let own = directory.join(".venv/bin/python");
    let own = own.to_string_lossy();
    let pip = ["-m", "pip", "--quiet", "--disable-pip-version-check"];
    let mut install = inside(&own);
    install
        .args(pip)
        .args(["install", "--require-hashes", "-r", "requirements.txt"]);
    step::run("installing without an index", &mut install)?;
    let mut resolve = inside(&own);
    resolve
        .args(pip)
        .args(["download", "--dest", "other", "--only-binary=:all:"])
        .args([
            "--python-version=3.12",
            "--no-deps",
            "-r",
            "requirements.txt",
        ])
        .args(OTHER_MACHINE.map(|tag| format!("--platform={tag}")))
        .args([
            "--platform=manylinux_2_17_aarch64",
            "--platform=manylinux_2_24_aarch64",
        ]);
    step::run("finding the wheels of the other machine type", &mut resolve)?;
    starts(inside(&own))
}

/// The first line for the daemon says that the SDK has loaded the plugin, and with it the compiled module.
fn starts(mut command: Command) -> Result<()> {
    step::announce("starting the plugin");
    let mut plugin = command
        .args(["-m", "main"])
        .env("INSTALL_METHOD", "local")
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let output = plugin.stdout.take().context("the plugin has no output")?;
    let start = Instant::now();
    let (sender, receiver) = std::sync::mpsc::channel();
    std::thread::spawn(move || {
        let line = BufReader::new(output).lines().next();
        // Nobody waits any more.
        let _ = sender.send(line);
    });
    let line = receiver.recv_timeout(START);
    plugin.kill()?;
    plugin.wait()?;
    match line {
        Ok(Some(line)) => ensure!(
            line?.starts_with('{'),
            "the plugin's first line is not for the daemon"
        ),
        Ok(None) => bail!("the plugin has ended at its start"),
        Err(_) => bail!("the plugin has said nothing for {:?}", start.elapsed()),
    }
    Ok(())
}
