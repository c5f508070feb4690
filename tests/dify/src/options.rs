//! How a stand-in behaves from its start on.

use std::time::Duration;

/// The settings of one stand-in. The defaults are what Dify's Docker image does.
#[derive(Clone, Debug)]
pub struct Options {
    /// The loopback port; 0 lets the system choose.
    pub port: u16,
    /// Connections served at once, idle ones included; the next one waits to be accepted
    /// (gunicorn's `worker_connections`: its gevent pool counts connections, not requests).
    pub worker_connections: usize,
    /// How long an idle connection is kept (gunicorn's `keepalive`).
    pub keep_alive: Duration,
    /// Pause before each event of a streamed run.
    pub event_interval: Duration,
    /// Silence after which a stream sends `event: ping`.
    pub ping_interval: Duration,
    /// How long one second of the input `secs` of a slow app lasts.
    pub slow_second: Duration,
    /// Time between looking an end user up and inserting one: requests of a new user that arrive
    /// within it make one row each.
    pub creation_window: Duration,
    /// Time between the submission of a form and the run going on, in which Dify queues a task.
    pub resume_delay: Duration,
    /// Whether a model is configured. Without one the apps that need it refuse, as in the
    /// recording; with one they echo.
    pub models: bool,
}

impl Default for Options {
    fn default() -> Self {
        Self {
            port: 0,
            worker_connections: 10,
            keep_alive: Duration::from_secs(2),
            event_interval: Duration::from_millis(10),
            ping_interval: Duration::from_secs(10),
            slow_second: Duration::from_secs(1),
            creation_window: Duration::from_millis(30),
            resume_delay: Duration::from_millis(200),
            models: true,
        }
    }
}
