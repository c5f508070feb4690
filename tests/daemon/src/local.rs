//! A plugin on the daemon's own machine: JSON lines on stdin and stdout (`local_runtime`).

use std::io;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::sync::{Arc, Mutex, PoisonError};
use std::time::{Duration, Instant};

use futures::StreamExt;
use tokio::io::AsyncWriteExt;
use tokio::process::{Child, ChildStdin, ChildStdout};
use tokio::sync::Notify;
use tokio_util::codec::{AnyDelimiterCodec, FramedRead};
use tokio_util::task::AbortOnDropHandle;

use crate::log::{Log, LogLine, LogSource};
use crate::options::Limits;
use crate::process::{Launch, StartError, log_lines, not_ready};
use crate::sessions::{Session, Sessions, dispatch};

/// How often a request looks whether a missing process is back (`io_tunnel/generic.go`).
const WRITE_RETRY_INTERVAL: Duration = Duration::from_millis(300);

/// One plugin whose process is restarted when it ends.
#[derive(Debug)]
pub(crate) struct Local {
    launch: Launch,
    limits: Limits,
    log: Arc<Log>,
    current: Mutex<Option<Arc<Instance>>>,
    heartbeats: AtomicU64,
    restarts: AtomicU32,
    restart_now: Notify,
}

impl Local {
    /// Starts the plugin and waits for its first heartbeat; the task keeps it running.
    pub(crate) async fn start(
        launch: Launch,
        limits: Limits,
        log: Arc<Log>,
    ) -> Result<(Arc<Self>, AbortOnDropHandle<()>), StartError> {
        let local = Arc::new(Self {
            launch,
            limits,
            log,
            current: Mutex::default(),
            heartbeats: AtomicU64::new(0),
            restarts: AtomicU32::new(0),
            restart_now: Notify::new(),
        });
        let running = local.launch().await?;
        local.set_current(Some(Arc::clone(&running.instance)));
        let task = tokio::spawn(Arc::clone(&local).keep_running(running));
        Ok((local, AbortOnDropHandle::new(task)))
    }

    /// Writes a call to the plugin. While its process is missing the call waits for it, up to the limit.
    pub(crate) async fn call(&self, line: impl Fn(&str) -> Vec<u8>) -> Result<Session, String> {
        let deadline = Instant::now() + self.limits.launch_wait;
        loop {
            let error = match self.current() {
                None => "no proper instance".to_owned(),
                Some(instance) => {
                    let session = instance.sessions.open();
                    match instance.write(line(&session.id)).await {
                        Ok(()) => return Ok(session),
                        Err(error) => error.to_string(),
                    }
                }
            };
            self.restart_now.notify_one();
            if Instant::now() > deadline {
                return Err(format!("{error}\nfailed to write request"));
            }
            tokio::time::sleep(WRITE_RETRY_INTERVAL).await;
        }
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        self.current().map(|instance| instance.process_id)
    }

    pub(crate) fn heartbeats(&self) -> u64 {
        self.heartbeats.load(Ordering::Relaxed)
    }

    pub(crate) fn log_lines(&self) -> Vec<LogLine> {
        self.log.lines()
    }

    pub(crate) fn forget_log_lines(&self) {
        self.log.forget();
    }

    pub(crate) fn restarts(&self) -> u32 {
        self.restarts.load(Ordering::Relaxed)
    }

    fn current(&self) -> Option<Arc<Instance>> {
        self.current
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }

    fn set_current(&self, instance: Option<Arc<Instance>>) {
        *self.current.lock().unwrap_or_else(PoisonError::into_inner) = instance;
    }

    async fn keep_running(self: Arc<Self>, mut running: Running) {
        loop {
            running.serve(&self.limits, &self.heartbeats).await;
            self.set_current(None);
            running = self.relaunch().await;
            self.set_current(Some(Arc::clone(&running.instance)));
            self.restarts.fetch_add(1, Ordering::Relaxed);
        }
    }

    /// Tries at every tick of the schedule; a failed write moves the tick forward.
    async fn relaunch(&self) -> Running {
        loop {
            let _ = tokio::time::timeout(self.limits.restart_interval, self.restart_now.notified())
                .await;
            match self.launch().await {
                Ok(running) => return running,
                Err(error) => self.log.write(LogSource::Daemon, error.to_string()),
            }
        }
    }

    async fn launch(&self) -> Result<Running, StartError> {
        let started = Instant::now();
        let Some(mut running) = Running::of(self.launch.start()?, &self.limits, &self.log) else {
            return Err(not_ready(started.elapsed(), &self.log));
        };
        match tokio::time::timeout(self.limits.launch, running.heartbeat()).await {
            Ok(true) => Ok(running),
            _ => {
                let waited = started.elapsed();
                running.last_words().await;
                Err(not_ready(waited, &self.log))
            }
        }
    }
}

/// One process, as calls see it.
#[derive(Debug)]
struct Instance {
    process_id: u32,
    stdin: tokio::sync::Mutex<ChildStdin>,
    sessions: Arc<Sessions>,
    last_active: Mutex<Instant>,
}

impl Instance {
    /// Lines of concurrent calls must not mix. A line is written to its end although its client may leave meanwhile
    /// (`io_tunnel/generic.go` writes in one go): what follows half a line would be lost.
    async fn write(self: &Arc<Self>, mut line: Vec<u8>) -> io::Result<()> {
        line.push(b'\n');
        let instance = Arc::clone(self);
        let writing = tokio::spawn(async move {
            let mut stdin = instance.stdin.lock().await;
            stdin.write_all(&line).await?;
            stdin.flush().await
        });
        writing.await.map_err(io::Error::other)?
    }

    /// Anything on stdout or stderr counts as life, not only heartbeats (`notifier_lifecycle.go`).
    fn heard(&self) {
        *self
            .last_active
            .lock()
            .unwrap_or_else(PoisonError::into_inner) = Instant::now();
    }

    async fn silent(&self, limits: &Limits) {
        loop {
            tokio::time::sleep(limits.silence_check).await;
            let last_active = *self
                .last_active
                .lock()
                .unwrap_or_else(PoisonError::into_inner);
            if last_active.elapsed() > limits.silence {
                return;
            }
        }
    }
}

/// One process, as its reader sees it. Dropping it kills the process.
struct Running {
    instance: Arc<Instance>,
    child: Child,
    lines: FramedRead<ChildStdout, AnyDelimiterCodec>,
    log: Arc<Log>,
    stderr: AbortOnDropHandle<()>,
}

impl Running {
    fn of(mut child: Child, limits: &Limits, log: &Arc<Log>) -> Option<Self> {
        let (stdin, stdout, stderr) = (
            child.stdin.take()?,
            child.stdout.take()?,
            child.stderr.take()?,
        );
        let instance = Arc::new(Instance {
            process_id: child.id()?,
            stdin: tokio::sync::Mutex::new(stdin),
            sessions: Arc::default(),
            last_active: Mutex::new(Instant::now()),
        });
        let listener = Arc::clone(&instance);
        let stderr = log_lines(stderr, LogSource::Stderr, Arc::clone(log), move || {
            listener.heard()
        });
        // Go's scanner counts the line's end too.
        let codec =
            AnyDelimiterCodec::new_with_max_length(b"\n".to_vec(), b"\n".to_vec(), limits.line - 1);
        Some(Self {
            instance,
            child,
            lines: FramedRead::new(stdout, codec),
            log: Arc::clone(log),
            stderr: AbortOnDropHandle::new(tokio::spawn(stderr)),
        })
    }

    /// Waits for the end of stderr, which may be read later than that of stdout.
    async fn last_words(&mut self) {
        let _ = tokio::time::timeout(Duration::from_secs(1), &mut self.stderr).await;
    }

    /// Reads up to the next heartbeat; false when stdout has ended, or a line was too long for the daemon.
    async fn heartbeat(&mut self) -> bool {
        while let Some(line) = self.lines.next().await {
            match line {
                Ok(line) => {
                    self.instance.heard();
                    if dispatch(&line, &self.instance.sessions, &self.log) {
                        return true;
                    }
                }
                Err(error) => {
                    self.log.write(
                        LogSource::Daemon,
                        format!("the plugin has an error on stdout: {error}"),
                    );
                    return false;
                }
            }
        }
        false
    }

    /// Serves calls until the process ends or must be killed. Open calls are not ended: their clients hang.
    async fn serve(&mut self, limits: &Limits, heartbeats: &AtomicU64) {
        let instance = Arc::clone(&self.instance);
        let silent = tokio::select! {
            () = async {
                while self.heartbeat().await {
                    heartbeats.fetch_add(1, Ordering::Relaxed);
                }
            } => false,
            () = instance.silent(limits) => true,
        };
        if silent {
            let text = format!(
                "the plugin is not active for {} s, it may be dead",
                limits.silence.as_secs()
            );
            self.log.write(LogSource::Daemon, text);
        }
        // The process may have ended by itself.
        let _ = self.child.kill().await;
    }
}
