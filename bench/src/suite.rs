//! What is measured, of whom, and how often.

use std::path::{Path, PathBuf};
use std::time::Duration;

use anyhow::{Context, Result};
use harness::{Algorithm, TestIssuer};
use serde_json::{Value, json};
use tempfile::TempDir;

use crate::client::Message;
use crate::contender::{Contender, pack};
use crate::load::{self, Sample, median};
use crate::start::{self, Start};
use crate::upstream::{Upstream, numbered};
use crate::verification::{self, Verification};
use crate::{memory, profile, streams};

const CLIENT_ID: &str = "dify-web";
const CLIENTS: [usize; 3] = [1, 16, 256];
/// How many clients the earlier design is compared at.
const CLIENTS_OF_EARLIER: usize = 16;
const STREAM_ROUNDS: usize = 3;

/// Where things are, and how long the measuring may take.
pub struct Plan {
    /// The root of the workspace.
    pub root: PathBuf,
    /// The gateway's package.
    pub package: PathBuf,
    /// The interpreter with the gateway's requirements.
    pub python: PathBuf,
    /// The interpreter with those of the earlier design.
    pub earlier_python: PathBuf,
    /// How often each figure is taken.
    pub rounds: usize,
    /// How long a load lasts.
    pub duration: Duration,
}

/// The same figure of both.
#[derive(Clone, Copy, Debug)]
pub struct Pair<T> {
    pub floor: T,
    pub gateway: T,
}

/// One kind of answer at one number of clients.
#[derive(Clone, Debug)]
pub struct Load {
    pub kind: &'static str,
    pub clients: usize,
    pub samples: Pair<Sample>,
}

/// Everything that was measured.
pub struct Figures {
    pub earlier: Sample,
    pub loads: Vec<Load>,
    pub idle_memory: Pair<f64>,
    pub module_bytes: u64,
    pub start: Pair<Start>,
    pub streams: Pair<f64>,
    pub uploaded_memory: Pair<f64>,
    pub verification: Vec<Verification>,
}

/// Who is measured, and what is around them.
struct Field {
    upstream: Upstream,
    issuer: TestIssuer,
    packages: Pair<PathBuf>,
    earlier_package: PathBuf,
    _directory: TempDir,
}

/// Measures everything; `progress` is told what is under way.
///
/// # Errors
/// A plugin has not started, or has answered with an error.
pub async fn run(plan: &Plan, progress: impl Fn(&str)) -> Result<Figures> {
    let field = Field::set_up(plan).await?;
    progress("starting");
    let start = field.starts(plan).await?;
    progress("memory");
    let (idle_memory, uploaded_memory) = field.memory(plan).await?;
    progress("verification");
    let verification =
        verification::measure(&plan.root, &plan.package, &plan.python, &field.issuer).await?;

    let contenders = field.contenders(plan).await?;
    let earlier = field.earlier(plan).await?;
    let mut loads = Vec::new();
    let mut earlier_samples = Vec::new();
    for (kind, body) in [("blocking", blocking()), ("streaming", streaming())] {
        for clients in CLIENTS {
            progress(&format!("{kind}, {clients} clients"));
            let mut samples = Vec::new();
            for _ in 0..plan.rounds {
                samples.push(Pair {
                    floor: field.load(&contenders.floor, &body, clients, plan).await?,
                    gateway: field
                        .load(&contenders.gateway, &body, clients, plan)
                        .await?,
                });
                if kind == "blocking" && clients == CLIENTS_OF_EARLIER {
                    earlier_samples.push(field.load(&earlier, &body, clients, plan).await?);
                }
            }
            let samples = Pair {
                floor: middle(samples.iter().map(|pair| pair.floor)),
                gateway: middle(samples.iter().map(|pair| pair.gateway)),
            };
            loads.push(Load {
                kind,
                clients,
                samples,
            });
        }
    }
    progress("profile");
    let message = field.chat(&contenders.gateway, &blocking());
    let profiled = profile::write(
        &plan.root,
        &plan.earlier_python,
        &contenders.gateway,
        &message,
    )
    .await;
    if let Err(error) = profiled {
        progress(&format!("no profile: {error:#}"));
    }
    progress(&format!("{} streams", streams::STREAMS));
    let streams = field.streams(&contenders).await?;
    Ok(Figures {
        earlier: middle(earlier_samples),
        loads,
        idle_memory,
        module_bytes: std::fs::metadata(plan.root.join("host/gateway.wasm"))?.len(),
        start,
        streams,
        uploaded_memory,
        verification,
    })
}

impl Field {
    async fn set_up(plan: &Plan) -> Result<Self> {
        let directory = TempDir::new()?;
        let plugin = |name: &str| pack(&plan.root.join("bench/plugins").join(name), &directory);
        Ok(Self {
            upstream: Upstream::start(&plan.root).await?,
            issuer: TestIssuer::start()
                .await
                .context("the issuer has not started")?,
            packages: Pair {
                floor: plugin("floor")?,
                gateway: plan.package.clone(),
            },
            earlier_package: plugin("earlier")?,
            _directory: directory,
        })
    }

    async fn contenders(&self, plan: &Plan) -> Result<Pair<Contender>> {
        let settings = || self.settings();
        let Pair { floor, gateway } = self.packages.clone();
        Ok(Pair {
            floor: Contender::start("the floor", floor, &plan.python, settings()).await?,
            gateway: Contender::start("the gateway", gateway, &plan.python, settings()).await?,
        })
    }

    async fn earlier(&self, plan: &Plan) -> Result<Contender> {
        let package = self.earlier_package.clone();
        Contender::start(
            "the earlier design",
            package,
            &plan.earlier_python,
            self.settings(),
        )
        .await
    }

    /// Of the endpoint, the same for all.
    fn settings(&self) -> Value {
        json!({
            "issuer": self.issuer.issuer(),
            "client_id": CLIENT_ID,
            "dify_api_url": self.upstream.base_url(),
            "app_key": "app-0123456789abcdef",
            // All streams are one user's here.
            "streams_per_user": "0",
        })
    }

    fn message(
        &self,
        contender: &Contender,
        operation: &str,
        content_type: String,
        body: bytes::Bytes,
    ) -> Message {
        Message {
            path: contender.path(operation),
            token: self.issuer.token(
                Algorithm::Rs256,
                &self.issuer.claims("0c3c5a1e-6d9f-4a57-8f5e-5b1f4f0f7f10"),
            ),
            content_type,
            body,
        }
    }

    async fn load(
        &self,
        contender: &Contender,
        body: &Value,
        clients: usize,
        plan: &Plan,
    ) -> Result<Sample> {
        let message = self.chat(contender, body);
        load::measure(contender, &message, clients, plan.duration).await
    }

    fn chat(&self, contender: &Contender, body: &Value) -> Message {
        self.message(
            contender,
            "/chat-messages",
            "application/json".to_owned(),
            body.to_string().into(),
        )
    }

    async fn starts(&self, plan: &Plan) -> Result<Pair<Start>> {
        let mut floor = Vec::new();
        let mut gateway = Vec::new();
        for _ in 0..plan.rounds {
            floor.push(start::measure(&self.packages.floor, &plan.python).await?);
            gateway.push(start::measure(&self.packages.gateway, &plan.python).await?);
        }
        let middle = |starts: Vec<Start>| Start {
            first: median(starts.iter().map(|start| start.first)),
            later: median(starts.iter().map(|start| start.later)),
        };
        Ok(Pair {
            floor: middle(floor),
            gateway: middle(gateway),
        })
    }

    /// Idle, and after many uploads.
    async fn memory(&self, plan: &Plan) -> Result<(Pair<f64>, Pair<f64>)> {
        let contenders = self.contenders(plan).await?;
        let idle = Pair {
            floor: contenders.floor.process()?.resident_mebibytes()?,
            gateway: contenders.gateway.process()?.resident_mebibytes()?,
        };
        let (content_type, body) = memory::form();
        let upload = |contender| {
            self.message(
                contender,
                "/files/upload",
                content_type.clone(),
                body.clone(),
            )
        };
        let uploaded = Pair {
            floor: memory::after_uploads(&contenders.floor, &upload(&contenders.floor)).await?,
            gateway: memory::after_uploads(&contenders.gateway, &upload(&contenders.gateway))
                .await?,
        };
        Ok((idle, uploaded))
    }

    async fn streams(&self, contenders: &Pair<Contender>) -> Result<Pair<f64>> {
        let events = streams::EVENTS_PER_SECOND * streams::SECONDS;
        let body = numbered(events, Duration::from_secs(1) / streams::EVENTS_PER_SECOND);
        let (mut floor, mut gateway) = (Vec::new(), Vec::new());
        for _ in 0..STREAM_ROUNDS {
            for (contender, shares) in [
                (&contenders.floor, &mut floor),
                (&contenders.gateway, &mut gateway),
            ] {
                shares.push(streams::measure(contender, &self.chat(contender, &body)).await?);
            }
        }
        Ok(Pair {
            floor: median(floor),
            gateway: median(gateway),
        })
    }
}

fn blocking() -> Value {
    json!({"inputs": {"q": "inq"}, "query": "hi", "response_mode": "blocking", "user": "anybody"})
}

fn streaming() -> Value {
    json!({"inputs": {"q": "inq"}, "query": "hi", "response_mode": "streaming", "user": "anybody"})
}

fn middle(samples: impl IntoIterator<Item = Sample>) -> Sample {
    let samples: Vec<Sample> = samples.into_iter().collect();
    let of = |figure: fn(&Sample) -> f64| median(samples.iter().map(figure));
    Sample {
        per_second: of(|sample| sample.per_second),
        whole: of(|sample| sample.whole),
        first: of(|sample| sample.first),
        processor: of(|sample| sample.processor),
    }
}

/// The unpacked form of a package, as long as it lives.
pub fn unpacked(package: &Path) -> Result<TempDir> {
    let directory = TempDir::new()?;
    zip::ZipArchive::new(std::fs::File::open(package)?)?.extract(directory.path())?;
    Ok(directory)
}
