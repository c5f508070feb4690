//! A proxy of the system before the daemon: one process in the foreground, that keeps its files in its own directory.

use std::fs;
use std::process::Stdio;
use std::time::Duration;

use tempfile::TempDir;
use tokio::net::{TcpListener, TcpStream};
use tokio::process::{Child, Command};

use crate::Error;

/// The document that tells administrators how a proxy is configured.
pub(crate) const HOSTING: &str = include_str!("../../../docs/hosting.md");
/// A configuration file is read, and a port opened.
const START: Duration = Duration::from_secs(10);
const STEP: Duration = Duration::from_millis(20);

/// A running proxy. Dropping it kills the process.
#[derive(Debug)]
pub struct Proxy {
    port: u16,
    _process: Child,
    directory: TempDir,
}

impl Proxy {
    /// Starts a process that listens at this port and keeps what it writes in this directory.
    pub(crate) async fn start(
        mut command: Command,
        port: u16,
        directory: TempDir,
    ) -> Result<Self, Error> {
        let log = fs::File::create(directory.path().join("output.log"))?;
        command
            .stdin(Stdio::null())
            .stdout(Stdio::null())
            .stderr(log)
            .kill_on_drop(true);
        let proxy = Self {
            port,
            _process: command.spawn()?,
            directory,
        };
        proxy.wait().await?;
        Ok(proxy)
    }

    /// The origin under this name.
    pub fn url(&self, host: &str) -> String {
        format!("http://{host}:{}", self.port)
    }

    /// What it has written.
    pub fn log(&self) -> String {
        fs::read_to_string(self.directory.path().join("output.log")).unwrap_or_default()
    }

    async fn wait(&self) -> Result<(), Error> {
        let end = tokio::time::Instant::now() + START;
        while TcpStream::connect(("127.0.0.1", self.port)).await.is_err() {
            if tokio::time::Instant::now() > end {
                return Err(Error::Browser(format!(
                    "the proxy has not started: {}",
                    self.log()
                )));
            }
            tokio::time::sleep(STEP).await;
        }
        Ok(())
    }
}

/// A port of the loopback interface that nobody listens at.
pub(crate) async fn free_port() -> Result<u16, Error> {
    let listener = TcpListener::bind("127.0.0.1:0").await?;
    Ok(listener.local_addr()?.port())
}
