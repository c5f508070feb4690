//! Plugins that the tests of one process use one after another, because a start takes seconds.
//!
//! A test has its plugin for itself, the clock included, and an endpoint that the plugin has never seen. The plugins end
//! with the last test that uses the pool.

use std::sync::{Arc, Mutex, PoisonError, Weak};
use std::time::Duration;

use harness::{Issuer, Stack, StackOptions};
use stand_in_daemon::Daemon;
use tokio::runtime::Runtime;

use crate::Clock;

/// The host gathers log lines for 0.1 s; those of the test before are not the next one's.
const LOG: Duration = Duration::from_millis(200);

static POOL: Mutex<Weak<Pool>> = Mutex::new(Weak::new());

/// Plugins without a test.
#[derive(Debug)]
struct Pool {
    idle: Mutex<Vec<Plugin>>,
    /// A test's own runtime ends with the test, and what runs on it.
    runtime: Option<Runtime>,
}

#[derive(Clone, Debug)]
struct Plugin {
    daemon: Arc<Daemon>,
    clock: Arc<Clock>,
}

/// A plugin that a test has for itself until this is dropped.
#[derive(Debug)]
pub struct Lease {
    plugin: Plugin,
    pool: Arc<Pool>,
}

impl Lease {
    /// An idle plugin, or a new one.
    pub async fn take() -> Self {
        let pool = Pool::shared();
        let idle = pool.idle().pop();
        let plugin = match idle {
            Some(plugin) => {
                tokio::time::sleep(LOG).await;
                plugin
            }
            None => pool.start().await,
        };
        plugin.clock.set(0);
        plugin.daemon.forget_log_lines();
        Self { plugin, pool }
    }

    /// The daemon, for [`Stack::in_daemon`].
    pub fn daemon(&self) -> Arc<Daemon> {
        Arc::clone(&self.plugin.daemon)
    }

    /// The plugin's clock.
    pub fn clock(&self) -> Arc<Clock> {
        Arc::clone(&self.plugin.clock)
    }
}

impl Drop for Lease {
    /// What a failed test leaves behind is used no more, nor a plugin whose process has ended.
    fn drop(&mut self) {
        if !std::thread::panicking() && self.plugin.daemon.restarts() == 0 {
            self.pool.idle().push(self.plugin.clone());
        }
    }
}

impl Pool {
    /// The pool of the tests that are running.
    fn shared() -> Arc<Self> {
        let mut known = POOL.lock().unwrap_or_else(PoisonError::into_inner);
        known.upgrade().unwrap_or_else(|| {
            let pool = Arc::new(Self {
                idle: Mutex::default(),
                runtime: Some(Runtime::new().unwrap()),
            });
            *known = Arc::downgrade(&pool);
            pool
        })
    }

    fn idle(&self) -> std::sync::MutexGuard<'_, Vec<Plugin>> {
        self.idle.lock().unwrap_or_else(PoisonError::into_inner)
    }

    async fn start(&self) -> Plugin {
        let clock = Arc::new(Clock::new());
        let nobody = Issuer::External {
            issuer: String::new(),
            client_id: String::new(),
        };
        let mut options = StackOptions::new(nobody, "", "");
        options.environment.push(clock.environment());
        let runtime = self.runtime.as_ref().unwrap();
        let stack = runtime.spawn(Stack::start(options)).await.unwrap();
        Plugin {
            daemon: stack.unwrap().daemon,
            clock,
        }
    }
}

impl Drop for Pool {
    /// Waits until the plugins have ended, which a runtime does not allow on its own threads.
    fn drop(&mut self) {
        self.idle().clear();
        let runtime = self.runtime.take();
        // The thread has nothing to report.
        let _ = std::thread::spawn(move || drop(runtime)).join();
    }
}
