//! A thousand clients at once.

use std::time::Duration;

use anyhow::Result;
use futures::future::try_join_all;

use super::{Row, usual};
use crate::client::{Client, Message};
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::plan::Plan;
use crate::streams::{self, Streams};
use crate::test_bed::TestBed;
use crate::upstream::numbered;

const CLIENTS: usize = 1000;
/// Five minutes, with two events a second: a model that writes slowly.
const STREAMS: Streams = Streams {
    count: CLIENTS,
    events_per_second: 2,
    seconds: 300,
};
/// How long the streams of those who have vanished go on: Dify's runs do not end with their reader.
const LEFT_BEHIND: Duration = Duration::from_secs(15);
const LEFT_BEHIND_EVENTS: u32 = 30;
/// After that everything is given back.
const SETTLING: Duration = Duration::from_secs(5);

/// The endpoint of those who go on. One endpoint has room for no more than the thousand.
const OTHER_ENDPOINT: usize = 1;

/// 1000 streams at both plugins at the same time, of which no event may be missing.
pub(super) async fn streams(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let contenders = bed.contenders(plan).await?;
    for contender in [&contenders.floor, &contenders.gateway] {
        // The provider's keys are there before the crowd.
        usual(bed, contender, 0, 1, plan).await?;
    }
    let before = memory(&contenders)?;
    let body = STREAMS.body();
    let follow = |contender| {
        let message = bed.chat(contender, &body);
        async move { streams::measure(contender, &message?, STREAMS).await }
    };
    let (floor, gateway) =
        tokio::try_join!(follow(&contenders.floor), follow(&contenders.gateway))?;
    tokio::time::sleep(SETTLING).await;
    let after = memory(&contenders)?;
    let name = "1000 streams for five minutes";
    Ok(vec![
        Row::new(
            format!("{name}: share of a core"),
            Comparison { floor, gateway },
        ),
        Row::new(format!("{name}: MiB before"), before),
        Row::new(format!("{name}: MiB afterwards"), after),
    ])
}

/// 1000 clients begin a stream and leave with its first bytes.
pub(super) async fn vanishing(bed: &TestBed, plan: &Plan) -> Result<Vec<Row>> {
    let contenders = bed.contenders_with(plan, vec![bed.settings(); 2]).await?;
    let interval = LEFT_BEHIND / LEFT_BEHIND_EVENTS;
    let body = numbered(LEFT_BEHIND_EVENTS, interval);
    let measure = async |contender: &Contender| {
        for endpoint in [0, OTHER_ENDPOINT] {
            usual(bed, contender, endpoint, 1, plan).await?;
        }
        let files = contender.process()?.open_files()?;
        vanish(contender, &bed.chat(contender, &body)?).await?;
        let meanwhile = usual(bed, contender, OTHER_ENDPOINT, 16, plan).await?;
        tokio::time::sleep(LEFT_BEHIND + SETTLING).await;
        let left = contender.process()?.open_files()?;
        anyhow::Ok((meanwhile, left as f64 - files as f64))
    };
    let (floor, floor_files) = measure(&contenders.floor).await?;
    let (gateway, gateway_files) = measure(&contenders.gateway).await?;
    let name = "While 1000 clients have vanished, 16 others";
    let samples = Comparison { floor, gateway };
    let mut rows = super::rows_of(name, &samples);
    let left = Comparison {
        floor: floor_files,
        gateway: gateway_files,
    };
    rows.push(Row::new(
        "1000 clients have vanished: files that stay open",
        left,
    ));
    Ok(rows)
}

async fn vanish(contender: &Contender, message: &Message) -> Result<()> {
    let leaving = (0..CLIENTS).map(|_| async {
        let mut client = Client::connect(contender.authority()).await?;
        client.begin(message).await
    });
    try_join_all(leaving).await?;
    Ok(())
}

fn memory(contenders: &Comparison<Contender>) -> Result<Comparison<f64>> {
    Ok(Comparison {
        floor: contenders.floor.process()?.resident_mebibytes()?,
        gateway: contenders.gateway.process()?.resident_mebibytes()?,
    })
}
