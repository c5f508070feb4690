//! An endpoint that is attacked, and its neighbour in the same process, whose requests are timed meanwhile.

use std::pin::pin;
use std::time::{Duration, Instant};

use futures::future::{Either, join_all, select};
use gateway_tests::{Script, Stage, WholeResponse, Wire, further_endpoint, many_connections};
use harness::{Algorithm, StackOptions, TestIssuer};
use http::Method;
use reqwest::{RequestBuilder, Response};
use serde_json::{Value, json};
use stand_in_dify::{AppKind, StandIn};
use tokio::sync::{Mutex, MutexGuard};

/// How long the neighbour is watched, in quiet and under each attack.
const WATCH: Duration = Duration::from_secs(4);

/// Between two requests of the neighbour.
const PAUSE: Duration = Duration::from_millis(10);

/// How much slower the neighbour may become.
pub const FACTOR: u32 = 5;

/// A quiet time below this counts as this: a shared machine with two cores, on which clients, daemon and upstreams run as
/// well, keeps a request waiting as long as that by itself.
pub const RESOLUTION: Duration = Duration::from_millis(60);

/// One pair at a time, or they would be each other's attack.
static TURN: Mutex<()> = Mutex::const_new(());

/// The two endpoints. Each has a provider and a Dify of its own.
pub struct Pair {
    /// The process; its own endpoint is the one that is attacked.
    pub stage: Stage,
    /// What the attacked endpoint finds where its provider or its Dify does not answer.
    pub silence: Wire,
    neighbour: String,
    issuer: TestIssuer,
    dify: StandIn,
    _turn: MutexGuard<'static, ()>,
}

impl Pair {
    /// With an attacked app of this kind.
    pub async fn of(app: AppKind) -> Self {
        Self::with(app, |_| {}).await
    }

    /// As [`Pair::of`], with changed options.
    pub async fn with(app: AppKind, change: impl FnOnce(&mut StackOptions)) -> Self {
        let turn = TURN.lock().await;
        let hook = further_endpoint(0);
        let neighbour = hook.id.clone();
        let stage = Stage::with(app, |options| {
            options.further_endpoints = vec![hook];
            change(options);
        })
        .await;
        let (issuer, dify) = (
            TestIssuer::start().await.unwrap(),
            StandIn::start(many_connections()).unwrap(),
        );
        let pair = Self {
            stage,
            silence: Wire::start(Script::Silence).await,
            neighbour,
            issuer,
            dify,
            _turn: turn,
        };
        pair.stage
            .set_settings_of(&pair.neighbour, &pair.neighbours_settings());
        pair
    }

    /// The neighbour's provider.
    pub fn neighbours_issuer(&self) -> &TestIssuer {
        &self.issuer
    }

    /// A request to the neighbour with a good token.
    pub async fn neighbours(&self, user: &str, body: &Value) -> WholeResponse {
        WholeResponse::of(self.neighbours_request(user).json(body)).await
    }

    fn neighbours_request(&self, user: &str) -> RequestBuilder {
        let claims = self.issuer.claims(user);
        let token = self.issuer.token(Algorithm::Es256, &claims);
        let request = self
            .stage
            .request_at(&self.neighbour, Method::POST, "/chat-messages");
        request.bearer_auth(token)
    }

    fn neighbours_settings(&self) -> Value {
        json!({
            "issuer": self.issuer.issuer(), "dify_api_url": self.dify.base_url(),
            "app_key": AppKind::Chatflow.key(),
        })
    }

    /// Gives the neighbour this limit of runs for each user.
    pub fn limit_neighbours_runs(&self, limit: &str) {
        let mut settings = self.neighbours_settings();
        settings["streams_per_user"] = json!(limit);
        self.stage.set_settings_of(&self.neighbour, &settings);
    }

    /// A streaming chat of the neighbour that has begun.
    pub async fn neighbours_stream(&self, user: &str) -> Response {
        self.dify
            .control()
            .set_event_interval(Duration::from_millis(300));
        let chat = json!({"query": "hi", "response_mode": "streaming", "inputs": {}});
        self.neighbours_request(user)
            .json(&chat)
            .send()
            .await
            .unwrap()
    }

    /// Watches the neighbour in quiet, then while `attack` goes on. Every request of the neighbour must be answered
    /// rightly, and its slowest hundredth within [`FACTOR`] times that of the quiet.
    pub async fn assert_undisturbed(&self, name: &str, attack: impl Future<Output = ()>) {
        let quiet = self.slowest().await.max(RESOLUTION);
        let disturbed = self.slowest_during(attack).await;
        assert!(
            disturbed <= quiet * FACTOR,
            "{name}: the neighbour's 99th percentile is {disturbed:?}, in quiet it is {quiet:?}"
        );
        self.stage.assert_unharmed();
    }

    /// The 99th percentile of the neighbour's requests while `load` goes on, which may end before.
    pub async fn slowest_during(&self, load: impl Future<Output = ()>) -> Duration {
        let load = pin!(load);
        let watch = pin!(self.slowest());
        match select(load, watch).await {
            Either::Left(((), watch)) => watch.await,
            Either::Right((slowest, _)) => slowest,
        }
    }

    /// The 99th percentile of the neighbour's requests, one after the other.
    pub async fn slowest(&self) -> Duration {
        let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
        let end = Instant::now() + WATCH;
        let mut times = Vec::new();
        while Instant::now() < end {
            let started = Instant::now();
            let answer = self.neighbours("bob", &chat).await;
            times.push(started.elapsed());
            assert_eq!(answer.status, 200, "{}", answer.text());
            tokio::time::sleep(PAUSE).await;
        }
        let seen = self.dify.control().requests();
        let bodies = seen.into_iter().filter_map(|request| request.body);
        assert!(bodies.filter(|body| !body.is_empty()).all(|body| {
            // Without a body there is only the gateway's own request for the app's inputs.
            serde_json::from_slice::<Value>(&body).unwrap()["user"] == "bob"
        }));
        self.dify.control().forget_requests();
        times.sort();
        times[(times.len() * 99).div_ceil(100) - 1]
    }
}

/// The same request from `clients` at once, each again and again with this pause, for as long as somebody watches.
pub async fn again_and_again<F>(clients: usize, pause: Duration, request: impl Fn() -> F)
where
    F: Future<Output = ()>,
{
    let client = || async {
        for _ in 0..usize::MAX {
            request().await;
            tokio::time::sleep(pause).await;
        }
    };
    join_all((0..clients).map(|_| client())).await;
}
