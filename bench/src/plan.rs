//! Where things are, and how thorough the measuring is.

use std::path::PathBuf;
use std::time::Duration;

/// A crowd as large as this waits a second for each response.
const CROWD: usize = 1000;

/// Where things are, and how long the measuring may take.
#[derive(Clone)]
pub struct Plan {
    /// The root of the workspace.
    pub root: PathBuf,
    /// The gateway's package.
    pub package: PathBuf,
    /// The interpreter with the gateway's requirements and the profiler.
    pub python: PathBuf,
    /// How often each figure is taken.
    pub rounds: usize,
    /// How long a load lasts.
    pub duration: Duration,
}

impl Plan {
    /// The plan for a load of so many clients. A crowd's first responses are those of a process that opens all of its
    /// connections at once, so that it needs longer until they are few among the others.
    pub fn of(&self, clients: usize) -> Self {
        let times = if clients < CROWD { 1 } else { 2 };
        Self {
            duration: self.duration * times,
            ..self.clone()
        }
    }
}
