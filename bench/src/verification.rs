//! How long deciding on a token takes inside the plugin's process: see `bench/verification.py`.

use std::collections::BTreeMap;
use std::path::Path;
use std::process::Stdio;

use anyhow::{Context, Result, ensure};
use harness::{Algorithm, TestIssuer};
use serde::Deserialize;
use serde_json::json;
use tokio::io::AsyncWriteExt;
use tokio::process::Command;

use crate::package::unpack;

const ALGORITHMS: [Algorithm; 3] = [Algorithm::Rs256, Algorithm::Es256, Algorithm::EdDsa];
const TOKENS: usize = 300;

/// Milliseconds for one algorithm, median.
#[derive(Clone, Debug)]
pub struct Verification {
    /// The value of `alg`.
    pub algorithm: &'static str,
    /// For a token that is new.
    pub unseen: f64,
    /// For a token with a signature that is remembered.
    pub seen: f64,
}

#[derive(Deserialize)]
struct Measured {
    unseen: f64,
    seen: f64,
}

/// Measures the module of `package`.
///
/// # Errors
/// Python fails, or a token is refused.
pub async fn measure(
    root: &Path,
    package: &Path,
    python: &Path,
    issuer: &TestIssuer,
) -> Result<Vec<Verification>> {
    let script = root.join("bench/verification.py");
    let output = run_in_package(&script, package, python, &input(issuer)).await?;
    let mut measured: BTreeMap<String, Measured> = serde_json::from_slice(&output)?;
    let figures = ALGORITHMS.into_iter().map(|algorithm| {
        let Measured { unseen, seen } = measured
            .remove(algorithm.name())
            .context("an algorithm is missing")?;
        Ok(Verification {
            algorithm: algorithm.name(),
            unseen,
            seen,
        })
    });
    figures.collect()
}

/// What `script` prints when it gets `input` in the unpacked `package`.
///
/// # Errors
/// Python fails.
pub async fn run_in_package(
    script: &Path,
    package: &Path,
    python: &Path,
    input: &[u8],
) -> Result<Vec<u8>> {
    let directory = unpack(package)?;
    let mut process = Command::new(std::path::absolute(python)?)
        .arg(script)
        .env("PYTHONPATH", ".")
        .current_dir(directory.path())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .spawn()?;
    let mut standard_input = process.stdin.take().context("no standard input")?;
    standard_input.write_all(input).await?;
    drop(standard_input);
    let output = process.wait_with_output().await?;
    ensure!(output.status.success(), "{} failed", script.display());
    Ok(output.stdout)
}

fn input(issuer: &TestIssuer) -> Vec<u8> {
    let jwks = json!({"keys": issuer.keys().public_jwks()});
    let settings = json!({
        "issuer": issuer.issuer(),
        "client_id": "dify-web",
        "dify_api_url": "http://127.0.0.1:9/v1",
        "app_key": "app-0123456789abcdef",
        "jwks": jwks.to_string(),
        "log_level": "error",
    });
    let tokens: BTreeMap<_, Vec<String>> = ALGORITHMS
        .into_iter()
        .map(|algorithm| {
            let tokens = (0..TOKENS)
                .map(|number| issuer.token(algorithm, &issuer.claims(&format!("user-{number}"))));
            (algorithm.name(), tokens.collect())
        })
        .collect();
    json!({"settings": settings, "tokens": tokens})
        .to_string()
        .into_bytes()
}
