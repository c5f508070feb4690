//! The Node process of `tests/identity-provider`.

mod control;

use std::process::Stdio;
use std::sync::{Arc, Mutex, PoisonError};
use std::time::Duration;

use serde::Deserialize;
use tokio::io::{AsyncBufReadExt, AsyncRead, BufReader};
use tokio::process::{Child, Command};
use tokio::sync::oneshot;

use crate::{Error, workspace};

pub use control::{ClientKey, ProviderFault};

/// From the start of the process to the line that says it is ready.
const START: Duration = Duration::from_secs(30);

/// A running `oidc-provider`. Dropping it kills the process.
#[derive(Debug)]
pub struct IdentityProvider {
    ready: Box<Ready>,
    _process: Child,
}

/// What the provider says of itself when it is ready.
#[derive(Debug, Deserialize)]
struct Ready {
    issuer: String,
    client_id: String,
    opaque_client_id: String,
    introspection: ClientCredentials,
    introspection_by_post: ClientCredentials,
    redirect_uri: String,
    users: Vec<String>,
    password: String,
}

/// What a confidential client proves itself with.
#[derive(Clone, Debug, Deserialize)]
pub struct ClientCredentials {
    /// `client_id`.
    pub client_id: String,
    /// `client_secret`, another one at every start.
    pub client_secret: String,
}

impl IdentityProvider {
    /// Starts the provider with fresh keys on a free port.
    ///
    /// # Errors
    ///
    /// Node or the provider's packages are not installed, or the process is not ready in time.
    pub async fn start() -> Result<Self, Error> {
        let mut process = spawn()?;
        let output = Arc::new(Mutex::new(String::new()));
        let (sender, line) = oneshot::channel();
        capture(process.stdout.take(), Arc::clone(&output), Some(sender));
        capture(process.stderr.take(), Arc::clone(&output), None);
        let not_ready = |reason: &str| Error::IdentityProvider {
            reason: reason.to_owned(),
            output: output
                .lock()
                .unwrap_or_else(PoisonError::into_inner)
                .clone(),
        };
        let line = tokio::time::timeout(START, line).await;
        let line = line.map_err(|_| not_ready("it is not ready in time"))?;
        let line = line.map_err(|_| not_ready("the process has ended"))?;
        let ready = serde_json::from_str(&line).map_err(|error| not_ready(&error.to_string()))?;
        Ok(Self {
            ready,
            _process: process,
        })
    }

    /// The issuer, which is the provider's base URL too.
    pub fn issuer(&self) -> &str {
        &self.ready.issuer
    }

    /// The public client whose access tokens are JWTs with the client ID as audience.
    pub fn client_id(&self) -> &str {
        &self.ready.client_id
    }

    /// The public client whose access tokens are opaque, without audience and without claims of the person.
    pub fn opaque_client_id(&self) -> &str {
        &self.ready.opaque_client_id
    }

    /// The confidential client that may introspect tokens (`client_secret_basic`).
    pub fn introspection(&self) -> &ClientCredentials {
        &self.ready.introspection
    }

    /// The same for `client_secret_post`.
    pub fn introspection_by_post(&self) -> &ClientCredentials {
        &self.ready.introspection_by_post
    }

    /// The redirect URI; nothing listens there.
    pub fn redirect_uri(&self) -> &str {
        &self.ready.redirect_uri
    }

    /// Who can sign in.
    pub fn users(&self) -> &[String] {
        &self.ready.users
    }

    /// Every user's password.
    pub fn password(&self) -> &str {
        &self.ready.password
    }
}

fn spawn() -> Result<Child, Error> {
    let mut command = Command::new("node");
    command
        .arg("server.mjs")
        .current_dir(workspace::identity_provider()?)
        .kill_on_drop(true);
    command
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command.spawn().map_err(|error| Error::IdentityProvider {
        reason: format!("node (20 or newer): {error}"),
        output: String::new(),
    })
}

/// Keeps the output, and hands over the first line that is a JSON object.
fn capture(
    stream: Option<impl AsyncRead + Send + Unpin + 'static>,
    output: Arc<Mutex<String>>,
    mut ready: Option<oneshot::Sender<String>>,
) {
    let Some(stream) = stream else { return };
    let mut lines = BufReader::new(stream).lines();
    tokio::spawn(async move {
        while let Ok(Some(line)) = lines.next_line().await {
            let mut output = output.lock().unwrap_or_else(PoisonError::into_inner);
            output.push_str(&line);
            output.push('\n');
            if let Some(ready) = ready.take_if(|_| line.starts_with('{')) {
                // Nobody waits any more.
                let _ = ready.send(line);
            }
        }
    });
}
