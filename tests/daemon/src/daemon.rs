//! A running daemon.

use std::io;
use std::path::{Path, absolute};
use std::sync::atomic::Ordering;
use std::sync::{Arc, Mutex, PoisonError};

use serde_json::Value;
use tempfile::TempDir;
use tokio::net::TcpListener;
use tokio_util::task::AbortOnDropHandle;

use crate::answer::Lost;
use crate::local::Local;
use crate::log::{Log, LogLine};
use crate::options::{Hook, Options};
use crate::package::{PackageError, unpack};
use crate::process::{Launch, StartError, resident_memory};
use crate::secrets::Secrets;
use crate::server::{State, serve};

/// A daemon with one plugin. Dropping it kills the plugin and removes what was unpacked.
#[derive(Debug)]
pub struct Daemon {
    base_url: String,
    state: Arc<State>,
    _server: AbortOnDropHandle<()>,
    _plugin: AbortOnDropHandle<()>,
    _directory: TempDir,
}

impl Daemon {
    /// Unpacks the package, starts the plugin, waits until it is ready, and serves its endpoints.
    ///
    /// # Errors
    ///
    /// The package is not one that Dify takes, the port is in use, or the plugin does not become ready: the error then
    /// has what the plugin wrote.
    pub async fn start(options: Options) -> Result<Self, StartError> {
        let directory = unpacked(&options.package)?;
        let (listener, base_url) =
            listen(options.port)
                .await
                .map_err(|source| StartError::Port {
                    port: options.port,
                    source,
                })?;
        let log = Arc::new(Log::default());
        let launch = Launch {
            python: absolute(&options.python).unwrap_or(options.python),
            directory: directory.path().to_owned(),
            environment: options.environment,
        };
        let (local, plugin) =
            Local::start(launch, options.limits.clone(), Arc::clone(&log)).await?;
        let hooks = options
            .hooks
            .into_iter()
            .map(|hook| (hook.id.clone(), hook));
        let state = Arc::new(State {
            hooks: Mutex::new(hooks.collect()),
            local,
            limits: options.limits,
            lost: Lost::default(),
            secrets: options.inner_api.as_deref().map(Secrets::new),
        });
        let server = tokio::spawn(serve(listener, Arc::clone(&state)));
        Ok(Self {
            base_url,
            state,
            _server: AbortOnDropHandle::new(server),
            _plugin: plugin,
            _directory: directory,
        })
    }

    /// `http://127.0.0.1:<port>`.
    pub fn base_url(&self) -> &str {
        &self.base_url
    }

    /// The URL of an endpoint, without a slash at the end.
    pub fn url_of(&self, hook_id: &str) -> String {
        format!("{}/e/{hook_id}", self.base_url)
    }

    /// Saves other settings for an endpoint; the next request sees them. A hook that is unknown is left unknown.
    pub fn set_settings(&self, hook_id: &str, settings: Value) {
        let mut hooks = self
            .state
            .hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner);
        if let Some(hook) = hooks.get_mut(hook_id) {
            hook.settings = settings;
        }
    }

    /// Adds an endpoint, in place of one with the same id.
    pub fn add_hook(&self, hook: Hook) {
        self.state
            .hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .insert(hook.id.clone(), hook);
    }

    /// Puts these endpoints in place of all others; the next request sees them.
    pub fn set_hooks(&self, hooks: Vec<Hook>) {
        let hooks = hooks.into_iter().map(|hook| (hook.id.clone(), hook));
        *self
            .state
            .hooks
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = hooks.collect();
    }

    /// Forgets what was logged so far.
    pub fn forget_log_lines(&self) {
        self.state.local.forget_log_lines();
    }

    /// Everything logged so far, in order.
    pub fn log_lines(&self) -> Vec<LogLine> {
        self.state.local.log_lines()
    }

    /// The plugin's process, unless it is being restarted.
    pub fn process_id(&self) -> Option<u32> {
        self.state.local.process_id()
    }

    /// How often the plugin's process has been replaced.
    pub fn restarts(&self) -> u32 {
        self.state.local.restarts()
    }

    /// How many heartbeats the plugin has sent since the daemon was started.
    pub fn heartbeats(&self) -> u64 {
        self.state.local.heartbeats()
    }

    /// The memory that the plugin has in RAM, in bytes; known on Linux only.
    pub fn resident_memory(&self) -> Option<u64> {
        resident_memory(self.process_id()?)
    }

    /// How many chunks were lost because a client was slow; Dify does not report them.
    pub fn dropped_chunks(&self) -> u64 {
        self.state.lost.chunks.load(Ordering::Relaxed)
    }

    /// How many headers of the plugin's responses were lost because their name was there already, such as a second
    /// `Set-Cookie`, or is none; Dify does not report them.
    pub fn lost_headers(&self) -> u64 {
        self.state.lost.headers.load(Ordering::Relaxed)
    }
}

fn unpacked(package: &Path) -> Result<TempDir, PackageError> {
    let directory = TempDir::new().map_err(|source| PackageError::Unreadable {
        path: "the temporary directory".into(),
        source,
    })?;
    unpack(package, directory.path())?;
    Ok(directory)
}

async fn listen(port: u16) -> io::Result<(TcpListener, String)> {
    let listener = TcpListener::bind(("127.0.0.1", port)).await?;
    let base_url = format!("http://{}", listener.local_addr()?);
    Ok((listener, base_url))
}
