//! What is checked before anything is built: nobody should wait for minutes to learn of a mistake in the first line.

use std::env;
use std::net::TcpListener;
use std::path::Path;
use std::process::{Command, Stdio};

use anyhow::{Context, Result, bail, ensure};
use serde::Deserialize;
use serde_json::Value;

use super::{Options, PORT};
use crate::setup;
use crate::workspace::Workspace;

/// Prints the status and then the body of what an address answers. Python's standard library knows the system's
/// certificates and proxies, as the plugin does.
const PROBE: &str = r#"
import os, sys, urllib.error, urllib.request
key = os.environ.get("PROBE_KEY")
headers = {"Authorization": f"Bearer {key}"} if key else {}
try:
    request = urllib.request.Request(sys.argv[1], headers=headers)
    with urllib.request.urlopen(request, timeout=10) as response:
        print(response.status, response.read(1 << 20).decode("utf-8", "replace"))
except urllib.error.HTTPError as error:
    print(error.code)
except (OSError, ValueError) as error:
    sys.exit(str(getattr(error, "reason", error)))
"#;

/// What an address has answered.
struct Answer {
    status: u16,
    body: String,
}

/// What the demo needs of a provider's discovery document.
#[derive(Deserialize)]
struct Discovery {
    issuer: String,
}

/// The mode of a real Dify's app; `None` where the stand-in is used.
///
/// # Errors
/// A program is missing, a port is taken, or a provider or Dify that was named cannot be used.
pub fn check(workspace: &Workspace, options: &mut Options) -> Result<Option<String>> {
    let python = setup::programs_of_the_demo(workspace)?;
    check_port(options)?;
    if let Some(issuer) = &options.issuer {
        check_issuer(&python, issuer)?;
    }
    let Some(api_url) = &options.dify_api_url else {
        return Ok(None);
    };
    let key = options
        .app_key
        .take()
        .or_else(|| env::var("DIFY_APP_KEY").ok());
    let key =
        key.context("--dify-api-url needs the key of an app: set DIFY_APP_KEY or give --app-key")?;
    let mode = check_dify(&python, api_url, &key)?;
    options.app_key = Some(key);
    Ok(mode)
}

fn check_port(options: &Options) -> Result<()> {
    let Some(port) = options.port.or(options.issuer.as_ref().map(|_| PORT)) else {
        return Ok(());
    };
    TcpListener::bind(("127.0.0.1", port))
        .with_context(|| format!("port {port} cannot be used; give another one with --port"))?;
    Ok(())
}

fn check_issuer(python: &Path, issuer: &str) -> Result<()> {
    let url = format!(
        "{}/.well-known/openid-configuration",
        issuer.trim_end_matches('/')
    );
    let answer = probe(python, &url, None).with_context(|| {
        format!("--issuer {issuer} is not an identity provider that this machine reaches")
    })?;
    ensure!(
        answer.status == 200,
        "{url} answers with status {}, expected the provider's configuration; --issuer is the iss claim of its tokens",
        answer.status
    );
    let discovery: Discovery = serde_json::from_str(&answer.body).with_context(|| {
        format!("{url} is not a provider's configuration; --issuer is the iss claim of its tokens")
    })?;
    ensure!(
        discovery.issuer == issuer,
        "the provider at {url} has another issuer; give --issuer {}",
        discovery.issuer
    );
    Ok(())
}

/// The app's mode.
fn check_dify(python: &Path, api_url: &str, key: &str) -> Result<Option<String>> {
    let url = format!("{}/info", api_url.trim_end_matches('/'));
    let answer = probe(python, &url, Some(key)).with_context(|| {
        format!("--dify-api-url {api_url} is not a Dify that this machine reaches")
    })?;
    match answer.status {
        200 => {}
        401 => bail!(
            "the Dify at {api_url} does not accept the app key; take it from the app's API access page"
        ),
        status => bail!(
            "{url} answers with status {status}, expected the app's information; the address of the app API usually ends in /v1"
        ),
    }
    let info: Value = serde_json::from_str(&answer.body).with_context(|| {
        format!("{url} is not the app API of a Dify; its address usually ends in /v1")
    })?;
    Ok(info.get("mode").and_then(Value::as_str).map(str::to_owned))
}

/// Asks for `url`; the key goes through the environment, which other users of the machine cannot see.
fn probe(python: &Path, url: &str, key: Option<&str>) -> Result<Answer> {
    let mut command = Command::new(python);
    command.args(["-c", PROBE, url]).stdin(Stdio::null());
    if let Some(key) = key {
        command.env("PROBE_KEY", key);
    }
    let output = command.output()?;
    if !output.status.success() {
        bail!("{}", String::from_utf8_lossy(&output.stderr).trim());
    }
    let printed = String::from_utf8_lossy(&output.stdout);
    let (status, body) = printed
        .trim()
        .split_once(' ')
        .unwrap_or((printed.trim(), ""));
    Ok(Answer {
        status: status.parse()?,
        body: body.to_owned(),
    })
}
