//! Large bodies in both directions.

use std::time::Duration;

use anyhow::Result;
use bytes::Bytes;
use http::Method;

use crate::client::Message;
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load::{self, median};
use crate::memory;
use crate::test_bed::TestBed;
use crate::upstream::FILE_BYTES;

const CLIENTS: usize = 4;
const ROUNDS: usize = 3;
const DURATION: Duration = Duration::from_secs(4);
const PREVIEW: &str = "/files/6f1d2c3b-0000-4000-8000-0000000000ff/preview";

/// Megabytes a second through both plugins.
pub struct Transfers {
    pub uploads: Comparison<f64>,
    pub downloads: Comparison<f64>,
}

/// Measures both directions, the plugins in turn.
///
/// # Errors
/// A plugin has answered with an error.
pub async fn measure(bed: &TestBed, contenders: &Comparison<Contender>) -> Result<Transfers> {
    let (content_type, form) = memory::form();
    let upload = |contender: &Contender| {
        bed.message(contender, "/files/upload", &content_type, form.clone())
    };
    let download = |contender: &Contender| {
        Ok(Message {
            method: Method::GET,
            ..bed.message(contender, PREVIEW, "application/json", Bytes::new())?
        })
    };
    Ok(Transfers {
        uploads: compared(contenders, upload, form.len()).await?,
        downloads: compared(contenders, download, FILE_BYTES).await?,
    })
}

async fn compared(
    contenders: &Comparison<Contender>,
    message: impl Fn(&Contender) -> Result<Message>,
    bytes: usize,
) -> Result<Comparison<f64>> {
    let (mut floor, mut gateway) = (Vec::new(), Vec::new());
    for _ in 0..ROUNDS {
        for (contender, rates) in [
            (&contenders.floor, &mut floor),
            (&contenders.gateway, &mut gateway),
        ] {
            let sample =
                load::measure(contender, &[message(contender)?], CLIENTS, DURATION).await?;
            rates.push(sample.per_second * bytes as f64 / 1e6);
        }
    }
    Ok(Comparison {
        floor: median(floor),
        gateway: median(gateway),
    })
}
