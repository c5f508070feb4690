//! The plugin in whichever mode it runs.

use std::io;
use std::sync::Arc;
use std::time::{Duration, Instant};

use tokio::process::Child;
use tokio_util::task::AbortOnDropHandle;

use crate::local::Local;
use crate::log::{Log, LogSource};
use crate::options::{Limits, Mode};
use crate::process::{Launch, StartError, log_lines, not_ready};
use crate::remote::Remote;
use crate::serverless::Serverless;
use crate::sessions::Session;

/// A plugin that runs. Dropping it kills the process.
#[derive(Debug)]
pub(crate) enum Runtime {
    Local {
        local: Arc<Local>,
        _task: AbortOnDropHandle<()>,
    },
    Remote {
        remote: Arc<Remote>,
        process: Process,
        _task: AbortOnDropHandle<()>,
    },
    Serverless {
        serverless: Serverless,
        process: Process,
    },
}

impl Runtime {
    /// Starts the plugin and waits until it takes calls.
    pub(crate) async fn start(
        mode: Mode,
        mut launch: Launch,
        limits: &Limits,
        log: &Arc<Log>,
    ) -> Result<Self, StartError> {
        let install_method = match mode {
            Mode::Local => "local",
            Mode::Remote => "remote",
            Mode::Serverless => "serverless",
        };
        launch
            .environment
            .push(("INSTALL_METHOD".to_owned(), install_method.to_owned()));
        match mode {
            Mode::Local => {
                let (local, task) = Local::start(launch, limits.clone(), Arc::clone(log)).await?;
                Ok(Self::Local { local, _task: task })
            }
            Mode::Remote => Self::start_remote(launch, limits, log).await,
            Mode::Serverless => Self::start_serverless(launch, limits, log).await,
        }
    }

    async fn start_remote(
        mut launch: Launch,
        limits: &Limits,
        log: &Arc<Log>,
    ) -> Result<Self, StartError> {
        let (remote, address, task) = Remote::listen(Arc::clone(log)).await.map_err(no_port)?;
        launch
            .environment
            .push(("REMOTE_INSTALL_URL".to_owned(), address));
        launch
            .environment
            .push(("REMOTE_INSTALL_KEY".to_owned(), remote.key().to_owned()));
        let process = Process::of(launch.start()?, log);
        let started = Instant::now();
        while !remote.is_connected() {
            if started.elapsed() > limits.launch {
                return Err(not_ready(started.elapsed(), log));
            }
            tokio::time::sleep(Duration::from_millis(50)).await;
        }
        Ok(Self::Remote {
            remote,
            process,
            _task: task,
        })
    }

    async fn start_serverless(
        mut launch: Launch,
        limits: &Limits,
        log: &Arc<Log>,
    ) -> Result<Self, StartError> {
        let port = free_port().map_err(no_port)?;
        launch
            .environment
            .push(("SERVERLESS_HOST".to_owned(), "127.0.0.1".to_owned()));
        launch
            .environment
            .push(("SERVERLESS_PORT".to_owned(), port.to_string()));
        let process = Process::of(launch.start()?, log);
        let serverless = Serverless::connect(port, limits.clone(), Arc::clone(log)).await?;
        Ok(Self::Serverless {
            serverless,
            process,
        })
    }

    /// Hands a call to the plugin; the error is the text of the daemon's 500.
    pub(crate) async fn call(&self, line: impl Fn(&str) -> Vec<u8>) -> Result<Session, String> {
        match self {
            Self::Local { local, .. } => local.call(line).await,
            Self::Remote { remote, .. } => remote.call(line).await,
            Self::Serverless { serverless, .. } => serverless.invoke(line),
        }
    }

    pub(crate) fn process_id(&self) -> Option<u32> {
        match self {
            Self::Local { local, .. } => local.process_id(),
            Self::Remote { process, .. } | Self::Serverless { process, .. } => process.child.id(),
        }
    }

    pub(crate) fn heartbeats(&self) -> u64 {
        match self {
            Self::Local { local, .. } => local.heartbeats(),
            Self::Remote { .. } | Self::Serverless { .. } => 0,
        }
    }

    pub(crate) fn restarts(&self) -> u32 {
        match self {
            Self::Local { local, .. } => local.restarts(),
            // Nobody restarts a plugin that runs elsewhere.
            Self::Remote { .. } | Self::Serverless { .. } => 0,
        }
    }
}

/// A plugin's process that the daemon only starts, whose output is a terminal's.
#[derive(Debug)]
pub(crate) struct Process {
    child: Child,
    _output: Vec<AbortOnDropHandle<()>>,
}

impl Process {
    fn of(mut child: Child, log: &Arc<Log>) -> Self {
        let mut output = Vec::new();
        if let Some(stdout) = child.stdout.take() {
            let task = log_lines(stdout, LogSource::Stdout, Arc::clone(log), || {});
            output.push(AbortOnDropHandle::new(tokio::spawn(task)));
        }
        if let Some(stderr) = child.stderr.take() {
            let task = log_lines(stderr, LogSource::Stderr, Arc::clone(log), || {});
            output.push(AbortOnDropHandle::new(tokio::spawn(task)));
        }
        Self {
            child,
            _output: output,
        }
    }
}

fn free_port() -> io::Result<u16> {
    Ok(std::net::TcpListener::bind("127.0.0.1:0")?
        .local_addr()?
        .port())
}

fn no_port(source: io::Error) -> StartError {
    StartError::Port { port: 0, source }
}
