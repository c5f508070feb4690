//! The plugin's process.

use std::io;
use std::path::{Path, PathBuf};
use std::process::Stdio;
use std::sync::Arc;
use std::time::Duration;

use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};

use crate::log::{Log, LogSource};
use crate::message::Event;
use crate::package::PackageError;

/// Why a daemon has not started.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The package is not one that Dify would take.
    #[error(transparent)]
    Package(#[from] PackageError),
    /// The daemon cannot listen on its port.
    #[error("the stand-in daemon cannot listen on 127.0.0.1:{port}: {source}")]
    Port {
        /// The port of the options.
        port: u16,
        /// What the system says.
        source: io::Error,
    },
    /// Python cannot be started.
    #[error("{} cannot be started: {source}", python.display())]
    Python {
        /// The interpreter.
        python: PathBuf,
        /// What the system says.
        source: io::Error,
    },
    /// The plugin has ended or was silent before it was ready.
    #[error("the plugin was not ready after {} s; it wrote:\n{output}", waited.as_secs())]
    NotReady {
        /// How long the daemon has waited.
        waited: Duration,
        /// The plugin's output so far.
        output: String,
    },
}

/// How the plugin is started, again and again.
#[derive(Debug)]
pub(crate) struct Launch {
    pub(crate) python: PathBuf,
    pub(crate) directory: PathBuf,
    pub(crate) environment: Vec<(String, String)>,
}

impl Launch {
    /// `python -m main` with the daemon's whole environment (`subprocess.go`).
    pub(crate) fn start(&self) -> Result<Child, StartError> {
        let mut command = Command::new(&self.python);
        command
            .args(["-m", "main"])
            .current_dir(&self.directory)
            .env("INSTALL_METHOD", "local")
            .envs(self.environment.iter().cloned());
        command
            .stdin(Stdio::piped())
            .stdout(Stdio::piped())
            .stderr(Stdio::piped())
            .kill_on_drop(true);
        command.spawn().map_err(|source| StartError::Python {
            python: self.python.clone(),
            source,
        })
    }
}

/// Keeps every line in the log until the stream ends.
pub(crate) async fn log_lines(
    stream: impl AsyncRead + Unpin,
    source: LogSource,
    log: Arc<Log>,
    mut heard: impl FnMut(),
) {
    let mut lines = BufReader::new(stream).split(b'\n');
    while let Ok(Some(line)) = lines.next_segment().await {
        heard();
        if !line.is_empty() {
            log_line(&line, source.clone(), &log);
        }
    }
}

/// Keeps one line; what the SDK's logger wrote is unwrapped.
pub(crate) fn log_line(line: &[u8], source: LogSource, log: &Log) {
    match Event::parse(line) {
        Ok(Event::Log { level, message }) => log.write(LogSource::Event { level }, message),
        _ => log.write(source, String::from_utf8_lossy(line)),
    }
}

/// What the plugin has written so far, for an error message.
pub(crate) fn not_ready(waited: Duration, log: &Log) -> StartError {
    let output = log
        .lines()
        .into_iter()
        .map(|line| line.text)
        .collect::<Vec<_>>()
        .join("\n");
    StartError::NotReady { waited, output }
}

/// The memory that a process has in RAM, in bytes, on Linux.
pub(crate) fn resident_memory(process: u32) -> Option<u64> {
    let status =
        std::fs::read_to_string(Path::new("/proc").join(process.to_string()).join("status"))
            .ok()?;
    let line = status
        .lines()
        .find_map(|line| line.strip_prefix("VmRSS:"))?;
    Some(line.trim().strip_suffix(" kB")?.parse::<u64>().ok()? * 1024)
}
