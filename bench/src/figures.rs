//! What was measured.

use crate::comparison::Comparison;
use crate::growth::Point;
use crate::load::Sample;
use crate::mcp::McpLoad;
use crate::session::Sessions;
use crate::start::Start;
use crate::transfer::Transfers;
use crate::verification::Verification;

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
    /// How the cost grows.
    pub growth: Vec<Point>,
    pub mcp: Vec<McpLoad>,
    pub module_bytes: u64,
    pub start: Comparison<Start>,
    /// The share of a core.
    pub streams: Comparison<f64>,
    pub sessions: Sessions,
    pub transfers: Transfers,
    /// MiB.
    pub uploaded_memory: Comparison<f64>,
    pub verification: Vec<Verification>,
}
