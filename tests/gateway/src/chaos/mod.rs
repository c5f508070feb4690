//! Random faults on both upstreams under a steady load: every request ends with a right answer or the promised error.

mod expectation;
mod request;
mod trouble;

use std::collections::BTreeMap;
use std::sync::Arc;
use std::time::Duration;

use fastrand::Rng;
use serde_json::json;
use stand_in_dify::{AppKind, Options};
use tokio::task::JoinSet;
use tokio::time::MissedTickBehavior;

use crate::{Stage, further_endpoint};
use request::{Endpoint, Request};
use trouble::Trouble;

/// The load.
const PER_SECOND: u64 = 50;
/// Streams without end keep theirs for the gateway's two minutes.
const CONNECTIONS: usize = 500;
/// How long a failed attempt at the provider holds back the next one, and some more.
const RECOVERY: Duration = Duration::from_secs(8);

/// What happens, and for how long. The same seed makes the same requests and the same faults.
#[derive(Clone, Copy, Debug)]
pub struct Chaos {
    /// Where the random numbers begin.
    pub seed: u64,
    /// How long requests are sent.
    pub duration: Duration,
}

/// How many requests ended in which way.
pub type Tally = BTreeMap<String, usize>;

impl Chaos {
    /// Runs to the end.
    ///
    /// # Panics
    /// A request has ended otherwise than it may, or the process is not the same any more; the message has the seed.
    pub async fn run(self) -> Tally {
        println!("chaos with the seed {}", self.seed);
        let stage = Arc::new(start().await);
        let process = stage.stack.daemon.process_id();
        let trouble = Trouble::begin(&stage, Rng::with_seed(self.seed ^ 1));
        let ends = self.load(&stage).await;
        trouble.end(&stage).await;
        let tally = self.judged(ends);
        recovered(&stage).await;
        stage.assert_unharmed();
        assert_eq!(
            stage.stack.daemon.process_id(),
            process,
            "seed {}",
            self.seed
        );
        assert_eq!(stage.stack.daemon.dropped_chunks(), 0, "seed {}", self.seed);
        tally
    }

    /// Sends requests at the rate, however slowly they are answered.
    async fn load(self, stage: &Arc<Stage>) -> Vec<Result<String, String>> {
        let mut generator = Rng::with_seed(self.seed);
        let mut ticks = tokio::time::interval(Duration::from_secs(1) / PER_SECOND as u32);
        ticks.set_missed_tick_behavior(MissedTickBehavior::Burst);
        let mut requests = JoinSet::new();
        for number in 0..self.duration.as_secs() * PER_SECOND {
            ticks.tick().await;
            let request = Request::random(number, &mut generator);
            let stage = Arc::clone(stage);
            requests.spawn(async move { request.perform(&stage).await });
        }
        requests.join_all().await
    }

    fn judged(self, ends: Vec<Result<String, String>>) -> Tally {
        let mut tally = Tally::new();
        let mut wrong = Vec::new();
        for end in ends {
            match end {
                Ok(kind) => *tally.entry(kind).or_default() += 1,
                Err(why) => wrong.push(why),
            }
        }
        assert!(
            wrong.is_empty(),
            "{} requests ended wrongly with the seed {}, among them:\n{}",
            wrong.len(),
            self.seed,
            wrong[..wrong.len().min(10)].join("\n")
        );
        tally
    }
}

/// One endpoint whose provider is known, one whose provider is new again and again, one that introspects, one without a
/// Dify.
async fn start() -> Stage {
    let issuer = harness::Issuer::Test(harness::TestIssuer::start().await.unwrap());
    let dify = Options {
        worker_connections: CONNECTIONS,
        event_interval: Duration::from_millis(5),
        ..Options::default()
    };
    let stage = Stage::before(dify, issuer, AppKind::Chatflow, |options| {
        options.further_endpoints = (0..3).map(further_endpoint).collect();
    })
    .await;
    let common = json!({"streams_per_user": "0", "log_level": "error"});
    for endpoint in Endpoint::ALL {
        let mut settings = endpoint.settings();
        settings
            .as_object_mut()
            .unwrap()
            .extend(common.as_object().unwrap().clone());
        stage.set_settings_of(&endpoint.id(), &settings);
    }
    request::let_introspection_answer(stage.issuer());
    for endpoint in [Endpoint::Known, Endpoint::Introspecting] {
        let request = Request::plain(endpoint, 0);
        assert_eq!(request.perform(&stage).await, Ok("right".to_owned()));
    }
    // Its provider is known from here on too, so the faults cannot keep it from being the one without a Dify.
    let end = Request::plain(Endpoint::WithoutDify, 0)
        .perform(&stage)
        .await;
    assert!(end.is_ok(), "{end:?}");
    stage
}

/// Without faults everything works again.
async fn recovered(stage: &Stage) {
    tokio::time::sleep(RECOVERY).await;
    for endpoint in [Endpoint::Known, Endpoint::New, Endpoint::Introspecting] {
        for number in 1..20 {
            let end = Request::plain(endpoint, u64::MAX - number)
                .perform(stage)
                .await;
            assert_eq!(end, Ok("right".to_owned()), "{endpoint:?} after the faults");
        }
    }
}
