//! Nothing grows with the number of requests.

use std::time::Duration;

use anyhow::Result;
use harness::web_client::with;
use serde_json::json;

use super::Row;
use crate::client::Message;
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load;
use crate::plan::Plan;
use crate::test_bed::{TestBed, blocking};

const REQUESTS: f64 = 500_000.0;
/// After so many everything is there that is remembered. The floor, which remembers nothing, has only these.
const FIRST: f64 = 50_000.0;
const CLIENTS: usize = 16;
const USERS: usize = 1000;
const TURN: Duration = Duration::from_secs(10);

pub(super) async fn growth(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let contenders = bed.contenders(plan).await?;
    let first = Comparison {
        floor: after(FIRST, bed, &contenders.floor).await?,
        gateway: after(FIRST, bed, &contenders.gateway).await?,
    };
    let last = after(REQUESTS - FIRST, bed, &contenders.gateway).await?;
    Ok(vec![
        Row::new("MiB after 50 000 requests of 1000 users", first),
        Row::of_gateway("MiB after 500 000", last),
    ])
}

/// The MiB in RAM after so many requests more.
async fn after(requests: f64, bed: &TestBed, contender: &Contender) -> Result<f64> {
    let messages = messages(bed, contender)?;
    let mut count = 0.0;
    while count < requests {
        let sample = load::measure(contender, &messages, CLIENTS, TURN).await?;
        count += sample.per_second * TURN.as_secs_f64();
    }
    contender.process()?.resident_mebibytes()
}

fn messages(bed: &TestBed, contender: &Contender) -> Result<Vec<Message>> {
    let message = bed.chat(contender, &blocking())?;
    (0..USERS)
        .map(|user| {
            let claims = with(bed.claims(), &json!({"sub": format!("user-{user}")}));
            Ok(Message {
                credential: bed.credential(&claims)?,
                ..message.clone()
            })
        })
        .collect()
}
