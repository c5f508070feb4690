//! Plays the exchanges in their order, with the identities of this server.

use std::collections::HashMap;

use http::Request;
use stand_in_dify::{Options, StandIn};

use crate::compare::{Comparison, Identities, frames};
use crate::exchange::Exchange;
use crate::script;
use crate::wire::{self, UnderWay};

/// The server that the recording was made with, as it called itself.
const HOST: &str = "127.0.0.1:5001";

pub struct Replay<'a> {
    stand_in: StandIn,
    exchanges: &'a [Exchange],
    identities: Identities,
    under_way: HashMap<&'a str, UnderWay>,
    pub differences: Vec<String>,
}

impl<'a> Replay<'a> {
    pub fn start(exchanges: &'a [Exchange]) -> Self {
        let options = Options {
            models: false,
            slow_second: script::SLOW_SECOND,
            ping_interval: script::PING_INTERVAL,
            resume_delay: script::RESUME_DELAY,
            event_interval: std::time::Duration::ZERO,
            creation_window: std::time::Duration::ZERO,
            ..Options::default()
        };
        Self {
            stand_in: StandIn::start(options).unwrap(),
            exchanges,
            identities: Identities::default(),
            under_way: HashMap::new(),
            differences: Vec::new(),
        }
    }

    pub async fn play(&mut self, exchange: &'a Exchange) {
        script::prepare(&exchange.name, &self.stand_in.control()).await;
        for early in script::begun_before(&exchange.name) {
            self.begin_early(early).await;
        }
        let under_way = match self.under_way.remove(exchange.name.as_str()) {
            Some(under_way) => under_way,
            None => self.begin(exchange),
        };
        let answer = under_way.answer().await;
        let mut comparison = Comparison::new(
            &mut self.identities,
            script::follows_unrecorded(&exchange.name),
        );
        comparison.answers(&exchange.response, &answer);
        let found = comparison.differences.into_iter();
        self.differences
            .extend(found.map(|difference| format!("{}: {difference}", exchange.name)));
    }

    /// Sends a request whose answer is read later, and waits until its run is in the slow node, or
    /// until it follows one.
    async fn begin_early(&mut self, name: &str) {
        let exchange = self
            .exchanges
            .iter()
            .find(|exchange| exchange.name == name)
            .unwrap();
        let mut under_way = self.begin(exchange);
        let is_run = exchange.request.method == "POST";
        let is_enough = |body: &[u8]| {
            let body = String::from_utf8_lossy(body);
            if is_run {
                body.contains("\"node_id\":\"http\"")
            } else {
                !body.is_empty()
            }
        };
        under_way.until(is_enough).await;
        if is_run {
            let arrived = under_way.arrived.borrow().clone();
            let recorded = frames(exchange.response.body.as_str().unwrap());
            let actual = frames(&String::from_utf8(arrived).unwrap());
            Comparison::new(&mut self.identities, false).values(&recorded[0], &actual[0], "");
        }
        self.under_way.insert(&exchange.name, under_way);
    }

    fn begin(&self, exchange: &Exchange) -> UnderWay {
        let recorded = &exchange.request;
        let query = if recorded.query.is_empty() {
            String::new()
        } else {
            format!("?{}", recorded.query)
        };
        let uri = self
            .identities
            .translate(&format!("{}{query}", recorded.path));
        let mut request = Request::builder()
            .method(recorded.method.as_str())
            .uri(uri)
            .header("Host", HOST);
        let key = format!("Bearer app-{}", exchange.app);
        let key = script::authorization(&exchange.name).unwrap_or(&key);
        if !key.is_empty() {
            request = request.header("Authorization", key);
        }
        for (name, value) in &recorded.headers {
            request = request.header(name, value);
        }
        let body = match String::from_utf8(exchange.body()) {
            Ok(text) if text.len() < 100_000 => self.identities.translate(&text).into_bytes(),
            Ok(text) => text.into_bytes(),
            Err(error) => error.into_bytes(),
        };
        let count = |body: &str| body.matches("\n\n").count();
        let left = script::is_left_by_client(&exchange.name);
        let frames = left.then(|| count(exchange.response.body.as_str().unwrap()));
        let chunked = exchange.name.contains("chunked");
        wire::send(
            self.stand_in.address(),
            request.body(body).unwrap(),
            chunked,
            frames,
        )
    }
}
