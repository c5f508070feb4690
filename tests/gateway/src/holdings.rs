//! What the plugin's process holds, so that a test sees what it does not give back.

use std::path::{Path, PathBuf};
use std::time::Duration;

use crate::Stage;

/// Longer than the gateway keeps an idle connection.
const SWEEP: Duration = Duration::from_secs(3);

/// Memory and descriptors of a process, as Linux tells them.
#[derive(Clone, Copy, Debug)]
pub struct Holdings {
    /// Bytes in RAM.
    pub resident: u64,
    /// The most bytes in RAM since the start, or since [`Holdings::forget_peak`].
    pub peak: u64,
    /// Open files, sockets among them.
    pub descriptors: usize,
}

impl Holdings {
    /// Those of the stage's plugin.
    pub fn of(stage: &Stage) -> Self {
        let process = process(stage);
        let status = std::fs::read_to_string(process.join("status")).unwrap();
        let bytes = |name: &str| {
            let line = status.lines().find_map(|line| line.strip_prefix(name));
            let kilobytes = line.unwrap().trim().strip_suffix(" kB").unwrap();
            kilobytes.parse::<u64>().unwrap() * 1024
        };
        Self {
            resident: bytes("VmRSS:"),
            peak: bytes("VmHWM:"),
            descriptors: std::fs::read_dir(process.join("fd")).unwrap().count(),
        }
    }

    /// What is held when the last response is over and the idle connections are closed.
    pub async fn at_rest(stage: &Stage) -> Self {
        let control = stage.control();
        eventually("Dify has no connection", || control.open_connections() == 0).await;
        tokio::time::sleep(SWEEP).await;
        Self::of(stage)
    }

    /// Waits until Dify has no connection and the process no more descriptors than these.
    pub async fn given_back(self, stage: &Stage) {
        let control = stage.control();
        eventually("Dify has no connection", || control.open_connections() == 0).await;
        eventually("every descriptor is given back", || {
            Self::of(stage).descriptors <= self.descriptors
        })
        .await;
    }

    /// Resets the peak (proc_pid_clear_refs(5)).
    pub fn forget_peak(stage: &Stage) {
        std::fs::write(process(stage).join("clear_refs"), "5").unwrap();
    }
}

fn process(stage: &Stage) -> PathBuf {
    let id = stage.stack.daemon.process_id().unwrap();
    Path::new("/proc").join(id.to_string())
}

/// Waits until `holds`, far longer than it takes.
pub async fn eventually(what: &str, mut holds: impl FnMut() -> bool) {
    for _ in 0..600 {
        if holds() {
            return;
        }
        tokio::time::sleep(Duration::from_millis(50)).await;
    }
    panic!("not within 30 s: {what}");
}
