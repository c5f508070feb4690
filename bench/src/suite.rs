//! What is measured, of which plugin, and how often.

use anyhow::Result;

use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::figures::{Figures, Load};
use crate::load::median;
use crate::plan::Plan;
use crate::start::Start;
use crate::streams::Streams;
use crate::test_bed::{TestBed, blocking, streaming};
use crate::{growth, load, mcp, memory, profile, session, start, streams, transfer, verification};

const CLIENTS: [usize; 4] = [1, 16, 256, 1000];
const STREAM_ROUNDS: usize = 3;
/// What the row of the streams tells.
pub const STREAMS: Streams = Streams {
    count: 500,
    events_per_second: 20,
    seconds: 10,
};

/// Measures everything; `progress` gets the name of each measurement when it begins.
///
/// # Errors
/// A plugin has not started, or has answered with an error.
pub async fn run(plan: &Plan, progress: impl Fn(&str)) -> Result<Figures> {
    let bed = TestBed::set_up(plan).await?;
    progress("starting");
    let start = measure_starts(&bed, plan).await?;
    progress("memory");
    let (idle_memory, uploaded_memory) = measure_memory(&bed, plan).await?;
    progress("verification");
    let verification =
        verification::measure(&plan.root, &plan.package, &plan.python, bed.issuer()).await?;
    progress("sessions");
    let sessions = session::measure(&bed, plan).await?;

    progress("calls of AI clients");
    let mcp = mcp::measure(&bed, plan).await?;

    let loads = loads(&bed, plan, &progress).await?;
    progress("uploads and downloads");
    let transfers = transfer::measure(&bed, plan).await?;
    progress("growth");
    let growth = growth::measure(&bed, plan).await?;
    progress("profile");
    let contenders = bed.contenders(plan).await?;
    if let Err(error) = profile(&contenders.gateway, &bed, plan).await {
        progress(&format!("no profile: {error:#}"));
    }
    progress(&format!("{} streams", STREAMS.count));
    let streams = measure_streams(&bed, &contenders).await?;
    Ok(Figures {
        growth,
        loads,
        idle_memory,
        mcp,
        module_bytes: std::fs::metadata(plan.root.join("host/gateway.wasm"))?.len(),
        sessions,
        start,
        streams,
        transfers,
        uploaded_memory,
        verification,
    })
}

/// Measures chat messages of few and many clients.
///
/// # Errors
/// As for [`run`].
pub async fn loads(bed: &TestBed, plan: &Plan, progress: impl Fn(&str)) -> Result<Vec<Load>> {
    let contenders = bed.contenders(plan).await?;
    let mut loads = Vec::new();
    for (kind, body) in [("blocking", blocking()), ("streaming", streaming())] {
        for clients in CLIENTS {
            progress(&Load::name(kind, clients));
            let messages = |contender: &Contender| Ok(vec![bed.chat(contender, &body)?]);
            let samples = load::compare(&contenders, messages, clients, &plan.of(clients)).await?;
            loads.push(Load {
                kind,
                clients,
                samples,
            });
        }
    }
    Ok(loads)
}

/// Writes the profile of `gateway`.
///
/// # Errors
/// As for [`profile::write`].
pub async fn profile(gateway: &Contender, bed: &TestBed, plan: &Plan) -> Result<()> {
    let message = bed.chat(gateway, &blocking())?;
    profile::write(&plan.root, &plan.python, gateway, &message).await
}

async fn measure_starts(bed: &TestBed, plan: &Plan) -> Result<Comparison<Start>> {
    let (mut floor, mut gateway) = (Vec::new(), Vec::new());
    for _ in 0..plan.rounds {
        floor.push(start::measure(&bed.packages().floor, &plan.python).await?);
        gateway.push(start::measure(&bed.packages().gateway, &plan.python).await?);
    }
    let middle = |starts: Vec<Start>| Start {
        first: median(starts.iter().map(|start| start.first)),
        later: median(starts.iter().map(|start| start.later)),
    };
    Ok(Comparison {
        floor: middle(floor),
        gateway: middle(gateway),
    })
}

/// Idle, and after many uploads.
async fn measure_memory(bed: &TestBed, plan: &Plan) -> Result<(Comparison<f64>, Comparison<f64>)> {
    let contenders = bed.contenders(plan).await?;
    let idle = Comparison {
        floor: contenders.floor.process()?.resident_mebibytes()?,
        gateway: contenders.gateway.process()?.resident_mebibytes()?,
    };
    let (content_type, body) = memory::form();
    let upload = |contender: &Contender| {
        bed.message(contender, "/files/upload", &content_type, body.clone())
    };
    let (floor, gateway) = (upload(&contenders.floor)?, upload(&contenders.gateway)?);
    let uploaded = Comparison {
        floor: memory::after_uploads(&contenders.floor, &floor).await?,
        gateway: memory::after_uploads(&contenders.gateway, &gateway).await?,
    };
    Ok((idle, uploaded))
}

async fn measure_streams(
    bed: &TestBed,
    contenders: &Comparison<Contender>,
) -> Result<Comparison<f64>> {
    let body = STREAMS.body();
    let (mut floor, mut gateway) = (Vec::new(), Vec::new());
    for _ in 0..STREAM_ROUNDS {
        for (contender, shares) in [
            (&contenders.floor, &mut floor),
            (&contenders.gateway, &mut gateway),
        ] {
            shares.push(streams::measure(contender, &bed.chat(contender, &body)?, STREAMS).await?);
        }
    }
    Ok(Comparison {
        floor: median(floor),
        gateway: median(gateway),
    })
}
