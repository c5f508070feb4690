//! A plugin in the stand-in daemon, ready to be measured.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use stand_in_daemon::{Daemon, Hook, Options};

use crate::process::Process;

const HOOK_ID: &str = "abcdefghijklmnop";
const ENDPOINT_ID: &str = "6f1d2c3b-0000-4000-8000-000000000001";

/// A running plugin.
pub struct Contender {
    /// What tables call it.
    pub name: &'static str,
    daemon: Daemon,
}

impl Contender {
    /// Starts `package` with one endpoint.
    pub async fn start(
        name: &'static str,
        package: PathBuf,
        python: &Path,
        settings: Value,
    ) -> Result<Self> {
        let hook = Hook {
            id: HOOK_ID.to_owned(),
            endpoint_id: ENDPOINT_ID.to_owned(),
            settings,
        };
        let options = Options {
            package,
            python: python.to_owned(),
            hooks: vec![hook],
            ..Options::default()
        };
        let daemon = Daemon::start(options)
            .await
            .with_context(|| format!("{name} has not started"))?;
        Ok(Self { name, daemon })
    }

    /// The host and port of its daemon.
    pub fn authority(&self) -> &str {
        self.daemon.base_url().trim_start_matches("http://")
    }

    /// The path of an operation at its endpoint.
    pub fn path(&self, operation: &str) -> String {
        format!("/e/{HOOK_ID}{operation}")
    }

    /// The address of its endpoint in a browser. `localhost` may be http, and is another site than an issuer at 127.0.0.1.
    pub fn page_url(&self) -> String {
        let url = self.daemon.url_of(HOOK_ID);
        url.replace("127.0.0.1", "localhost")
    }

    /// Gives its endpoint other settings.
    pub fn set_settings(&self, settings: Value) {
        self.daemon.set_settings(HOOK_ID, settings);
    }

    /// Its process's id.
    pub fn process_id(&self) -> Result<u32> {
        let id = self.daemon.process_id();
        id.with_context(|| format!("{} has no process", self.name))
    }

    /// Its process.
    pub fn process(&self) -> Result<Process> {
        self.process_id().map(Process::new)
    }

    /// Fails if the process was restarted, or if the daemon has dropped a piece of a response.
    pub fn assert_unharmed(&self) -> Result<()> {
        anyhow::ensure!(self.daemon.restarts() == 0, "{} was restarted", self.name);
        let dropped = self.daemon.dropped_chunks();
        anyhow::ensure!(dropped == 0, "{}: {dropped} pieces were dropped", self.name);
        Ok(())
    }
}
