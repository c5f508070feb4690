//! Large bodies in both directions.

use anyhow::Result;
use bytes::Bytes;
use http::Method;

use crate::client::Message;
use crate::comparison::Comparison;
use crate::contender::Contender;
use crate::load::{self, Sample};
use crate::memory;
use crate::plan::Plan;
use crate::test_bed::TestBed;
use crate::upstream::FILE_BYTES;

const CLIENTS: usize = 4;
const PREVIEW: &str = "/files/6f1d2c3b-0000-4000-8000-0000000000ff/preview";

/// Both directions.
pub struct Transfers {
    pub uploads: Transfer,
    pub downloads: Transfer,
}

/// One direction.
pub struct Transfer {
    /// Of one body.
    bytes: usize,
    /// Of both plugins.
    pub samples: Comparison<Sample>,
}

impl Transfer {
    /// Megabytes a second.
    pub fn rate(&self) -> Comparison<f64> {
        let of_one = self.bytes as f64 / 1e6;
        self.samples.of(|sample| sample.per_second * of_one)
    }
}

/// Measures both directions, the plugins in turn.
///
/// # Errors
/// A plugin has answered with an error.
pub async fn measure(bed: &TestBed, plan: &Plan) -> Result<Transfers> {
    let contenders = bed.contenders(plan).await?;
    let (content_type, form) = memory::form();
    let upload = |contender: &Contender| {
        let message = bed.message(contender, "/files/upload", &content_type, form.clone());
        Ok(vec![message?])
    };
    let download = |contender: &Contender| {
        let message = bed.message(contender, PREVIEW, "application/json", Bytes::new());
        Ok(vec![Message {
            method: Method::GET,
            ..message?
        }])
    };
    Ok(Transfers {
        uploads: Transfer {
            bytes: form.len(),
            samples: load::compare(&contenders, upload, CLIENTS, plan).await?,
        },
        downloads: Transfer {
            bytes: FILE_BYTES,
            samples: load::compare(&contenders, download, CLIENTS, plan).await?,
        },
    })
}
