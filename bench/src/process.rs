//! The processor time and the memory of a process, from Linux.

use std::path::PathBuf;
use std::time::Duration;

use anyhow::{Context, Result};

/// `sysconf(_SC_CLK_TCK)` of every Linux that runs Dify.
const TICKS_PER_SECOND: u64 = 100;

/// A running process.
#[derive(Clone, Debug)]
pub struct Process(PathBuf);

impl Process {
    /// The process with this id.
    pub fn new(id: u32) -> Self {
        Self(PathBuf::from("/proc").join(id.to_string()))
    }

    /// The processor time of all its threads so far, in steps of 10 ms (`utime` and `stime` of proc_pid_stat(5)).
    pub fn processor_time(&self) -> Result<Duration> {
        let stat = std::fs::read_to_string(self.0.join("stat"))?;
        let (_, fields) = stat.rsplit_once(") ").context("stat has no command")?;
        let ticks = fields
            .split(' ')
            .skip(11)
            .take(2)
            .map(str::parse::<u64>)
            .sum::<Result<u64, _>>()?;
        Ok(Duration::from_millis(ticks * 1000 / TICKS_PER_SECOND))
    }

    /// How many files and sockets it has open.
    pub fn open_files(&self) -> Result<usize> {
        Ok(std::fs::read_dir(self.0.join("fd"))?.count())
    }

    /// The memory that it has in RAM, in MiB.
    pub fn resident_mebibytes(&self) -> Result<f64> {
        let status = std::fs::read_to_string(self.0.join("status"))?;
        let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:"));
        let kilobytes = line.and_then(|line| line.trim().strip_suffix(" kB"));
        Ok(kilobytes.context("status has no VmRSS")?.parse::<f64>()? / 1024.0)
    }
}
