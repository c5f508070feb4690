//! What the figures should be.

use crate::comparison::Comparison;
use crate::figures::{Figures, Load};
use crate::load::Sample;
use crate::mcp::McpLoad;
use crate::session::{SessionCost, SessionLoad, Sessions};
use crate::start::Start;
use crate::suite;
use crate::transfer::Transfers;
use crate::verification::Verification;

/// A figure and its bound: one row of the first table.
pub struct Target {
    /// What was measured, with its unit.
    pub what: String,
    /// The figure.
    pub measured: f64,
    /// What it should be.
    pub bound: Bound,
}

/// The values that a figure may have.
#[derive(Clone, Copy, Debug)]
pub enum Bound {
    /// This much or more.
    AtLeast(f64),
    /// This much or less.
    AtMost(f64),
}

impl Bound {
    /// Whether `measured` is within the bound.
    pub fn holds(self, measured: f64) -> bool {
        match self {
            Self::AtLeast(least) => measured >= least,
            Self::AtMost(most) => measured <= most,
        }
    }

    /// As the table shows it.
    pub fn text(self) -> String {
        match self {
            Self::AtLeast(least) => format!("at least {least}"),
            Self::AtMost(most) => format!("at most {most}"),
        }
    }
}

/// Every target, in the order of the table.
///
/// The size of the module has none: what a user notices of it is the start and the memory.
pub fn all(figures: &Figures) -> Vec<Target> {
    let mut targets = of_loads(&figures.loads);
    targets.extend(of_transfers(&figures.transfers));
    targets.extend(figures.verification.iter().map(unseen_token));
    targets.extend(of_sessions(&figures.sessions));
    targets.extend(of_mcp(&figures.mcp));
    targets.push(at_most(
        0.8,
        &format!(
            "Share of a core over the floor's: {} streams",
            suite::STREAMS.count
        ),
        figures.streams.added(),
    ));
    targets.extend(starts(&figures.start));
    targets.extend(memory(figures));
    targets
}

/// Those of chat messages.
pub fn of_loads(loads: &[Load]) -> Vec<Target> {
    let mut targets: Vec<_> = loads.iter().map(throughput).collect();
    targets.extend(loads.iter().map(processor_time));
    targets.extend(loads.iter().map(slowest));
    let of_one_client = || loads.iter().filter(|load| load.clients == 1);
    targets.extend(of_one_client().map(added_time));
    let streaming = of_one_client().filter(|load| load.kind == "streaming");
    targets.extend(streaming.map(added_time_to_first_event));
    targets
}

fn throughput(load: &Load) -> Target {
    // With so many clients both wait for the machine.
    let least = if load.clients < 1000 { 1.15 } else { 1.0 };
    let name = Load::name(load.kind, load.clients);
    Target {
        what: format!("Requests per second over the floor's: {name}"),
        measured: load.samples.of(|sample| sample.per_second).ratio(),
        bound: Bound::AtLeast(least),
    }
}

fn processor_time(load: &Load) -> Target {
    let name = Load::name(load.kind, load.clients);
    let what = format!("Processor time of a request over the floor's: {name}");
    at_most(
        0.85,
        &what,
        load.samples.of(|sample| sample.processor).ratio(),
    )
}

fn slowest(load: &Load) -> Target {
    let name = Load::name(load.kind, load.clients);
    let what = format!("99th percentile over the floor's: {name}");
    at_most(1.2, &what, load.samples.of(|sample| sample.slowest).ratio())
}

/// Those of large bodies.
pub fn of_transfers(transfers: &Transfers) -> [Target; 2] {
    [
        ("uploads", &transfers.uploads),
        ("downloads", &transfers.downloads),
    ]
    .map(|(what, transfer)| Target {
        what: format!("MB/s over the floor's: {what}"),
        measured: transfer.rate().ratio(),
        bound: Bound::AtLeast(0.9),
    })
}

fn added_time(load: &Load) -> Target {
    let what = format!("Added to the median of one client, ms: {}", load.kind);
    at_most(0.4, &what, load.samples.of(|sample| sample.whole).added())
}

fn added_time_to_first_event(load: &Load) -> Target {
    let added = load.samples.of(|sample| sample.first).added();
    at_most(2.0, "Added to the time to the first event, ms", added)
}

fn unseen_token(verification: &Verification) -> Target {
    let most = match verification.algorithm {
        "RS256" => 0.5,
        "ES256" => 0.6,
        _ => 0.4,
    };
    let what = format!("Deciding on an unseen {} token, ms", verification.algorithm);
    at_most(most, &what, verification.unseen)
}

/// Those of what sessions cost.
pub fn of_sessions(sessions: &Sessions) -> Vec<Target> {
    let mut targets: Vec<_> = sessions.loads.iter().map(session_time).collect();
    targets.extend(session_cost(&sessions.cost));
    targets
}

/// Of the processor's time, because what else the machine does changes the requests per second of one of the two more than
/// the session does.
fn session_time(load: &SessionLoad) -> Target {
    let SessionLoad {
        clients,
        token,
        session,
    } = load;
    let load = Load::name("blocking", *clients);
    let what = format!("Processor time of a request by a session over one by a seen token: {load}");
    at_most(1.1, &what, session.processor / token.processor)
}

fn session_cost(cost: &SessionCost) -> [Target; 2] {
    [
        at_most(
            0.2,
            "A whole request that opens a session, inside the process, ms",
            cost.by_session,
        ),
        at_most(
            0.2,
            "A whole refresh, which seals one too, ms",
            cost.refresh,
        ),
    ]
}

/// Those of what calls of AI clients cost. Of many clients it is the processor's time, because what each waits for is the
/// others.
pub fn of_mcp(loads: &[McpLoad]) -> Vec<Target> {
    let target = |load: &McpLoad| {
        let clients = Load::name("call of an AI client", load.clients);
        let (what, figure): (_, fn(&Sample) -> f64) = match load.clients {
            1 => ("the median", |sample| sample.whole),
            _ => ("the processor time", |sample| sample.processor),
        };
        let what = format!("Added to {what} of the same streaming chat, ms: {clients}");
        at_most(1.0, &what, figure(&load.call) - figure(&load.chat))
    };
    loads.iter().map(target).collect()
}

fn starts(start: &Comparison<Start>) -> [Target; 2] {
    let later = start.of(|start| start.later).added();
    let first = start.of(|start| start.first).added();
    [
        at_most(1.0, "Start over the floor's with compiled cache, s", later),
        at_most(2.5, "Start over the floor's without it, s", first),
    ]
}

fn memory(figures: &Figures) -> [Target; 2] {
    let (idle, uploaded) = (figures.idle_memory.added(), figures.uploaded_memory.added());
    [
        at_most(60.0, "Memory over the floor's, idle, MiB", idle),
        at_most(
            60.0,
            "Memory over the floor's, after 200 uploads, MiB",
            uploaded,
        ),
    ]
}

fn at_most(most: f64, what: &str, measured: f64) -> Target {
    Target {
        what: what.to_owned(),
        measured,
        bound: Bound::AtMost(most),
    }
}

#[cfg(test)]
mod tests {
    use super::Bound;

    #[test]
    fn a_bound_includes_its_own_value() {
        let rows = [
            (Bound::AtLeast(0.85), 0.84, false),
            (Bound::AtLeast(0.85), 0.85, true),
            (Bound::AtMost(60.0), 60.0, true),
            (Bound::AtMost(60.0), 60.1, false),
        ];
        for (bound, measured, expected) in rows {
            assert_eq!(bound.holds(measured), expected, "{bound:?} {measured}");
        }
    }
}
