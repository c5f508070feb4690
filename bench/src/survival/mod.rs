//! What the packaged plugin survives, beside the floor: `cargo xtask soak --target survival`.

use anyhow::Result;

use crate::client::Message;
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load::{self, Sample};
use crate::plan::Plan;
use crate::test_bed::{TestBed, blocking};

mod crowds;
mod long;
mod tokens;

/// A figure of both plugins.
pub struct Row {
    /// What was measured, with its unit.
    pub what: String,
    /// The figure; the floor has none of what it does not do.
    pub floor: Option<f64>,
    /// The same of the gateway.
    pub gateway: f64,
}

impl Row {
    fn new(what: impl Into<String>, figures: Comparison<f64>) -> Self {
        Self {
            what: what.into(),
            floor: Some(figures.floor),
            gateway: figures.gateway,
        }
    }

    fn of_gateway(what: impl Into<String>, figure: f64) -> Self {
        Self {
            what: what.into(),
            floor: None,
            gateway: figure,
        }
    }
}

/// Runs every scenario; `progress` gets the name of each when it begins.
///
/// # Errors
/// A plugin was restarted, has answered with an error, or has lost an event.
pub async fn run(plan: &Plan, progress: impl Fn(&str)) -> Result<Vec<Row>> {
    let bed = TestBed::set_up(plan).await?;
    let mut rows = Vec::new();
    progress("ten endpoints with 100 keys each");
    rows.extend(tokens::many_keys(&bed, plan).await?);
    progress("tokens of 16 KiB");
    rows.extend(tokens::large(&bed, plan).await?);
    progress("a provider that takes 5 s");
    rows.extend(tokens::slow_provider(&bed, plan).await?);
    progress("1000 clients that vanish");
    rows.extend(crowds::vanishing(&bed, plan).await?);
    progress("1000 streams for five minutes");
    rows.extend(crowds::streams(&bed, plan).await?);
    progress("500 000 requests");
    rows.extend(long::growth(&bed, plan).await?);
    Ok(rows)
}

/// Rows of a load that both plugins had.
fn rows_of(name: &str, samples: &Comparison<Sample>) -> Vec<Row> {
    vec![
        Row::new(
            format!("{name}: requests/s"),
            samples.of(|sample| sample.per_second),
        ),
        Row::new(
            format!("{name}: CPU of a request, ms"),
            samples.of(|sample| sample.processor),
        ),
        Row::new(
            format!("{name}: p99, ms"),
            samples.of(|sample| sample.slowest),
        ),
    ]
}

/// What `clients` of one user measure with blocking messages to an endpoint.
async fn usual(
    bed: &TestBed,
    contender: &Contender,
    endpoint: usize,
    clients: usize,
    plan: &Plan,
) -> Result<Sample> {
    let message = Message {
        path: contender.path(endpoint, "/chat-messages"),
        ..bed.chat(contender, &blocking())?
    };
    load::measure(contender, &[message], clients, plan.duration).await
}
