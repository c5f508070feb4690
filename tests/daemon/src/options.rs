//! What a daemon is started with.

use std::path::PathBuf;
use std::time::Duration;

use serde_json::Value;

/// How a daemon is started.
#[derive(Clone, Debug, Default)]
pub struct Options {
    /// The `.difypkg` file.
    pub package: PathBuf,
    /// The Python interpreter that has the plugin's requirements, usually `.venv/bin/python`.
    pub python: PathBuf,
    /// The endpoints that an administrator has added.
    pub hooks: Vec<Hook>,
    /// Added to the daemon's own environment, all of which the plugin inherits (`subprocess.go`).
    pub environment: Vec<(String, String)>,
    /// The loopback port to serve on; 0 for a free one.
    pub port: u16,
    /// The limits of a daemon without special configuration.
    pub limits: Limits,
    /// Where Dify's inner API is: the settings are decrypted there for each request. Without it nobody is asked.
    pub inner_api: Option<String>,
}

/// One endpoint: a row of Dify's `endpoints` table.
#[derive(Clone, Debug)]
pub struct Hook {
    /// Sixteen lower-case letters in Dify.
    pub id: String,
    /// The UUID that the plugin sees as `session.endpoint_id`.
    pub endpoint_id: String,
    /// The settings as the administrator saved them, secrets decrypted.
    pub settings: Value,
}

/// The daemon's limits. The defaults are Dify's; tests shorten the times.
#[derive(Clone, Debug)]
pub struct Limits {
    /// Request bodies are cut after this many bytes, silently (`service/endpoint.go`).
    pub request_body: usize,
    /// Longest line on the plugin's stdout, its end included (`PLUGIN_STDIO_MAX_BUFFER_SIZE`). A longer one kills the process.
    pub line: usize,
    /// Chunks that wait for a slow client; further ones are dropped, silently (`io_tunnel/endpoint_service.go`).
    pub pending_chunks: usize,
    /// From the first chunk to the forced end of an answer (`PLUGIN_MAX_EXECUTION_TIMEOUT`).
    pub execution: Duration,
    /// From the start of the process to its first heartbeat (`local_runtime/subprocess.go`).
    pub launch: Duration,
    /// The longest silence after that (`local_runtime/instance.go`).
    pub silence: Duration,
    /// How often the silence is looked at.
    pub silence_check: Duration,
    /// How often a missing process is restarted (`local_runtime/control.go`).
    pub restart_interval: Duration,
    /// How long a request waits for a process that is being restarted (`io_tunnel/generic.go`).
    pub launch_wait: Duration,
}

impl Default for Limits {
    fn default() -> Self {
        Self {
            request_body: 10 * 1024 * 1024,
            line: 5 * 1024 * 1024,
            pending_chunks: 128,
            execution: Duration::from_secs(600),
            launch: Duration::from_secs(120),
            silence: Duration::from_secs(120),
            silence_check: Duration::from_secs(30),
            restart_interval: Duration::from_secs(5),
            launch_wait: Duration::from_secs(6),
        }
    }
}
