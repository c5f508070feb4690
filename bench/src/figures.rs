//! What was measured.

use std::path::PathBuf;
use std::time::Duration;

use crate::load::Sample;
use crate::start::Start;
use crate::verification::Verification;

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

/// The same figure of the floor and of the gateway.
#[derive(Clone, Copy, Debug)]
pub struct Comparison<T> {
    pub floor: T,
    pub gateway: T,
}

impl Comparison<f64> {
    /// What the gateway has over the floor.
    pub fn added(&self) -> f64 {
        self.gateway - self.floor
    }
}

impl<T> Comparison<T> {
    /// One figure out of several.
    pub fn of(&self, figure: impl Fn(&T) -> f64) -> Comparison<f64> {
        Comparison {
            floor: figure(&self.floor),
            gateway: figure(&self.gateway),
        }
    }
}

/// One kind of response at one number of clients.
#[derive(Clone, Debug)]
pub struct Load {
    pub kind: &'static str,
    pub clients: usize,
    pub samples: Comparison<Sample>,
}

impl Load {
    /// As tables and progress lines name it.
    pub fn name(kind: &str, clients: usize) -> String {
        let noun = if clients == 1 { "client" } else { "clients" };
        format!("{kind}, {clients} {noun}")
    }
}

/// All figures of a run.
pub struct Figures {
    pub loads: Vec<Load>,
    /// MiB.
    pub idle_memory: Comparison<f64>,
    pub module_bytes: u64,
    pub start: Comparison<Start>,
    /// The share of a core.
    pub streams: Comparison<f64>,
    /// MiB.
    pub uploaded_memory: Comparison<f64>,
    pub verification: Vec<Verification>,
}
