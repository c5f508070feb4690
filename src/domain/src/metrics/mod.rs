//! What an endpoint counts and times, for Prometheus: a listener of its events.
//!
//! Every label has few values, because each is one of ours: the name of an operation, a status, a code. None is about a
//! person. The numbers are those of one instance of the module, so after a fault they begin again at zero, as counters may.

use std::cell::RefCell;
use std::collections::BTreeMap;
use std::time::Duration;

use crate::error::Code;
use crate::events::{Event, Listener, RequestEnd, TokenJudged};
use crate::limits;
use crate::operation::Operation;

mod exposition;
mod histogram;
#[cfg(test)]
mod tests;

pub use exposition::{CONTENT_TYPE, Exposition, Family, Kind};
use histogram::Histogram;

/// Seconds in the gateway: the arithmetic of a request takes less than one millisecond, a provider's document up to 5 s.
const GATEWAY: &[f64] = &[
    0.0005, 0.001, 0.0025, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0,
];

/// Seconds in Dify, and to the first event: a run may take minutes, and a stream ends after 590 s.
const DIFY: &[f64] = &[
    0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0, 30.0, 60.0, 120.0, 300.0, 600.0,
];

/// What stands for the rest where there are too many series.
const OTHER: &str = "other";

/// The numbers of one endpoint.
#[derive(Default)]
pub struct Metrics(RefCell<Numbers>);

#[derive(Default)]
struct Numbers {
    /// By operation, status and code.
    requests: BTreeMap<(&'static str, u16, &'static str), u64>,
    durations: BTreeMap<&'static str, Durations>,
    /// By verdict, algorithm and whether it was seen before.
    tokens: BTreeMap<[&'static str; 3], u64>,
    /// By document and outcome.
    documents: BTreeMap<[&'static str; 2], u64>,
    /// By step and outcome.
    sign_in_steps: BTreeMap<[&'static str; 2], u64>,
}

/// The durations of one operation.
struct Durations {
    gateway: Histogram,
    dify: Histogram,
    first_event: Histogram,
}

impl Listener for Metrics {
    fn heard(&self, event: &Event<'_>) {
        let mut numbers = self.0.borrow_mut();
        match event {
            Event::Request(end) => numbers.request(end),
            Event::TokenJudged(token) => numbers.token(token),
            Event::ProviderFetch(fetch) => {
                let key = [fetch.document(), fetch.outcome()];
                *numbers.documents.entry(key).or_default() += 1;
            }
            Event::SignInStep(step) => {
                let key = [step.name(), step.outcome()];
                *numbers.sign_in_steps.entry(key).or_default() += 1;
            }
            Event::InputLeftOut(_) | Event::ParametersUnknown(_) => {}
        }
    }
}

impl Metrics {
    /// Writes the families of what was heard.
    pub fn write(&self, text: &mut Exposition) {
        let numbers = self.0.borrow();
        numbers.write_requests(text);
        numbers.write_durations(text);
        let tokens = text.family(
            "oidc_gateway_tokens",
            Kind::Counter,
            "Bearer tokens by verdict, by algorithm, and by whether the signature was checked before.",
        );
        write_counts(tokens, ["verdict", "algorithm", "seen"], &numbers.tokens);
        let documents = text.family(
            "oidc_gateway_provider_documents",
            Kind::Counter,
            "Requests to identity providers by what was asked for and how it ended.",
        );
        write_counts(documents, ["document", "outcome"], &numbers.documents);
        let steps = text.family(
            "oidc_gateway_sign_in_steps",
            Kind::Counter,
            "Sign-ins, checks of sessions and sign-outs by how they ended.",
        );
        write_counts(steps, ["step", "outcome"], &numbers.sign_in_steps);
    }
}

fn write_counts<const N: usize>(
    mut family: Family<'_>,
    names: [&str; N],
    counts: &BTreeMap<[&'static str; N], u64>,
) {
    for (values, count) in counts {
        let labels: Vec<_> = names.into_iter().zip(values.iter().copied()).collect();
        family.sample(&labels, count);
    }
}

impl Numbers {
    fn request(&mut self, end: &RequestEnd<'_>) {
        let operation = Operation::of_handler(end.operation()).map_or(OTHER, |known| known.handler);
        let code = end
            .code()
            .map_or("", |code| Code::named(code).map_or(OTHER, Code::as_str));
        let key = (operation, end.status(), code);
        let is_known = self.requests.contains_key(&key);
        let has_room = is_known || self.requests.len() < limits::REQUEST_SERIES;
        let key = if has_room { key } else { (OTHER, 0, OTHER) };
        *self.requests.entry(key).or_default() += 1;
        let durations = self
            .durations
            .entry(operation)
            .or_insert_with(|| Durations {
                gateway: Histogram::new(GATEWAY),
                dify: Histogram::new(DIFY),
                first_event: Histogram::new(DIFY),
            });
        durations.gateway.add(end.gateway());
        add(&mut durations.dify, end.dify());
        add(&mut durations.first_event, end.first_event());
    }

    fn token(&mut self, token: &TokenJudged<'_>) {
        let seen = if token.was_seen() { "yes" } else { "no" };
        let key = [token.verdict(), token.algorithm(), seen];
        *self.tokens.entry(key).or_default() += 1;
    }

    fn write_requests(&self, text: &mut Exposition) {
        let mut requests = text.family(
            "oidc_gateway_requests",
            Kind::Counter,
            "Requests by operation, status of the response, and code of the gateway's refusal.",
        );
        for ((operation, status, code), count) in &self.requests {
            let status = status.to_string();
            let labels = [
                ("operation", *operation),
                ("status", &status),
                ("code", code),
            ];
            requests.sample(&labels, count);
        }
    }

    fn write_durations(&self, text: &mut Exposition) {
        let own = text.family(
            "oidc_gateway_own_time_seconds",
            Kind::Histogram,
            "Time from the request's arrival in the plugin to its response, or to the request to Dify.",
        );
        self.write_histograms(own, |durations| &durations.gateway);
        let dify = text.family(
            "oidc_gateway_dify_time_seconds",
            Kind::Histogram,
            "Time from the request to Dify to the end of its response.",
        );
        self.write_histograms(dify, |durations| &durations.dify);
        let first_event = text.family(
            "oidc_gateway_first_event_seconds",
            Kind::Histogram,
            "Time from the request's arrival in the plugin to the first event of a stream that is no ping.",
        );
        self.write_histograms(first_event, |durations| &durations.first_event);
    }

    fn write_histograms(&self, mut family: Family<'_>, of: fn(&Durations) -> &Histogram) {
        for (operation, durations) in &self.durations {
            let histogram = of(durations);
            if histogram.count() > 0 {
                family.histogram(&[("operation", operation)], histogram);
            }
        }
    }
}

fn add(histogram: &mut Histogram, duration: Option<Duration>) {
    if let Some(duration) = duration {
        histogram.add(duration);
    }
}
