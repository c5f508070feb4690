//! Where things are, and how thorough the measuring is.

use std::path::PathBuf;
use std::time::Duration;

/// Where things are, and how long the measuring may take.
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
