//! The system's Caddy, with the configuration that docs/hosting.md gives for a host name of one's own.

use std::fs;
use std::path::Path;

use tempfile::TempDir;
use tokio::process::Command;

use crate::proxy::{HOSTING, Proxy, free_port};
use crate::{Error, HOOK_ID};

/// Starts `program` before the daemon at this base URL.
///
/// # Errors
///
/// It does not start, or not in time.
pub async fn start(program: &Path, daemon: &str) -> Result<Proxy, Error> {
    let directory = TempDir::new()?;
    let port = free_port().await?;
    let file = directory.path().join("Caddyfile");
    fs::write(&file, configuration(port, daemon))?;
    let mut command = Command::new(program);
    command
        .args(["run", "--adapter", "caddyfile", "--config"])
        .arg(&file)
        .env("HOME", directory.path())
        .env("XDG_CONFIG_HOME", directory.path())
        .env("XDG_DATA_HOME", directory.path());
    Proxy::start(command, port, directory).await
}

/// The documented site, without TLS: no certificate authority of a test gives it a certificate.
fn configuration(port: u16, daemon: &str) -> String {
    const SITE: &str = "chat.example.com {";
    let lines = HOSTING
        .lines()
        .skip_while(|line| *line != SITE)
        .take_while(|line| *line != "}");
    let site = lines.chain(["}"]).collect::<Vec<_>>().join("\n");
    let site = site
        .replace(
            SITE,
            &format!("http://chat.example.com:{port} {{\n    bind 127.0.0.1"),
        )
        .replace("plugin_daemon:5002", daemon.trim_start_matches("http://"))
        .replace("abcdefghijklmnop", HOOK_ID);
    format!("{{\n    admin off\n    auto_https off\n}}\n{site}\n")
}
