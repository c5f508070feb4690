//! The Dify that the plugin relays to: a real one, or the stand-in's process.

use std::collections::BTreeMap;
use std::env;
use std::process::Stdio;

use anyhow::{Context, Result};
use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, BufReader};
use tokio::process::{Child, Command};

use crate::step;
use crate::workspace::Workspace;

/// An app API and the key of one of its apps. Dropping it stops the stand-in.
pub struct Dify {
    pub api_url: String,
    pub app_key: String,
    /// The keys of all apps of the stand-in, by name; none of a real Dify's.
    pub apps: BTreeMap<String, String>,
    _stand_in: Option<Child>,
}

/// Builds the stand-in.
///
/// # Errors
/// The compiler has failed.
pub fn build(workspace: &Workspace) -> Result<()> {
    let mut build = workspace.cargo();
    build.args(["build", "--locked", "--package", "stand-in-dify"]);
    step::run("compiling the stand-in for Dify", &mut build)
}

impl Dify {
    /// The Dify at `api_url`, or the stand-in, which has been built, with `app`.
    ///
    /// # Errors
    /// There is no app key for the real one, or the stand-in has not started.
    pub async fn start(
        workspace: &Workspace,
        api_url: Option<String>,
        app_key: Option<String>,
        app: &str,
    ) -> Result<Self> {
        let Some(api_url) = api_url else {
            return Self::stand_in(workspace, app).await;
        };
        let app_key = app_key.context("a real Dify needs the key of an app")?;
        Ok(Self {
            api_url,
            app_key,
            apps: BTreeMap::new(),
            _stand_in: None,
        })
    }

    async fn stand_in(workspace: &Workspace, app: &str) -> Result<Self> {
        step::announce("starting the stand-in for Dify");
        let program = workspace
            .target()
            .join("debug")
            .join(format!("stand-in-dify{}", env::consts::EXE_SUFFIX));
        let mut process = Command::new(program)
            .stdin(Stdio::null())
            .stdout(Stdio::piped())
            .kill_on_drop(true)
            .spawn()
            .context("the stand-in for Dify has not started")?;
        let output = process
            .stdout
            .take()
            .context("the stand-in for Dify has no output")?;
        let line = BufReader::new(output).lines().next_line().await?;
        let line = line.context("the stand-in for Dify has ended before it was ready")?;
        let Ready { base_url, keys } = serde_json::from_str(&line)?;
        let app_key = keys.get(app).cloned().with_context(|| {
            let apps: Vec<_> = keys.keys().map(String::as_str).collect();
            format!(
                "the stand-in for Dify has no app `{app}`; it has {}",
                apps.join(", ")
            )
        })?;
        Ok(Self {
            api_url: base_url,
            app_key,
            apps: keys,
            _stand_in: Some(process),
        })
    }
}

/// The line that the stand-in prints when it is ready.
#[derive(Deserialize)]
struct Ready {
    base_url: String,
    keys: BTreeMap<String, String>,
}
