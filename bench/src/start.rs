//! How long a plugin takes from its start to its first heartbeat.

use std::path::Path;
use std::process::Stdio;
use std::time::{Duration, Instant};

use anyhow::{Context, Result, bail};
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::Command;

use crate::package::unpack;

/// Seconds to the first heartbeat of the first start, and of one after that.
#[derive(Clone, Copy, Debug)]
pub struct Start {
    /// Only Python's own compiled files are cached.
    pub first: f64,
    /// The module's compiled code is cached.
    pub later: f64,
}

/// Unpacks `package` and starts it twice.
pub async fn measure(package: &Path, python: &Path) -> Result<Start> {
    let directory = unpack(package)?;
    precompile(directory.path(), python).await?;
    Ok(Start {
        first: heartbeat(directory.path(), python).await?.as_secs_f64(),
        later: heartbeat(directory.path(), python).await?.as_secs_f64(),
    })
}

/// As the daemon does after it has installed a plugin (`setup_python_environment.go`).
async fn precompile(directory: &Path, python: &Path) -> Result<()> {
    let compiled = Command::new(python)
        .args(["-m", "compileall", "-q", "."])
        .current_dir(directory)
        .status()
        .await?;
    anyhow::ensure!(compiled.success(), "compileall failed");
    Ok(())
}

async fn heartbeat(directory: &Path, python: &Path) -> Result<Duration> {
    let started = Instant::now();
    let mut process = Command::new(python)
        .args(["-m", "main"])
        .env("INSTALL_METHOD", "local")
        .current_dir(directory)
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .kill_on_drop(true)
        .spawn()?;
    let output = process.stdout.take().context("no standard output")?;
    let mut lines = BufReader::new(output).lines();
    while let Some(line) = lines.next_line().await? {
        if line.contains("\"heartbeat\"") {
            let duration = started.elapsed();
            process.kill().await?;
            return Ok(duration);
        }
    }
    bail!("the plugin has ended before its first heartbeat")
}
