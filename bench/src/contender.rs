//! A plugin in the stand-in daemon, ready to be measured.

use std::path::{Path, PathBuf};

use anyhow::{Context, Result};
use serde_json::Value;
use stand_in_daemon::{Daemon, Hook, Options};

use crate::process::Process;

/// A running plugin.
pub struct Contender {
    /// What tables call it.
    pub name: &'static str,
    daemon: Daemon,
}

impl Contender {
    /// Starts `package` with an endpoint for each of `settings`. The daemon has them decrypted at `inner_api`.
    pub async fn start(
        name: &'static str,
        package: PathBuf,
        python: &Path,
        inner_api: String,
        settings: Vec<Value>,
    ) -> Result<Self> {
        let hooks = settings.into_iter().enumerate();
        let hooks = hooks.map(|(number, settings)| Hook {
            id: hook_id(number),
            endpoint_id: format!("6f1d2c3b-0000-4000-8000-{:012}", number + 1),
            settings,
        });
        let options = Options {
            package,
            python: python.to_owned(),
            hooks: hooks.collect(),
            inner_api: Some(inner_api),
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

    /// The path of an operation at one of its endpoints.
    pub fn path(&self, endpoint: usize, operation: &str) -> String {
        format!("/e/{}{operation}", hook_id(endpoint))
    }

    /// The address of its first endpoint in a browser. `localhost` may be http, and is another site than an issuer at 127.0.0.1.
    pub fn page_url(&self) -> String {
        let url = self.daemon.url_of(&hook_id(0));
        url.replace("127.0.0.1", "localhost")
    }

    /// Gives its first endpoint other settings.
    pub fn set_settings(&self, settings: Value) {
        self.daemon.set_settings(&hook_id(0), settings);
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

/// Sixteen small letters, of which the last ones count.
fn hook_id(number: usize) -> String {
    let letter = |digit: char| char::from(b'a' + digit.to_digit(10).unwrap_or_default() as u8);
    format!("{number:016}").chars().map(letter).collect()
}
