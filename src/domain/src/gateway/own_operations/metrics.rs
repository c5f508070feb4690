//! `GET /metrics`, for Prometheus.

use std::fmt::Display;

use http::StatusCode;

use crate::environment::ProcessState;
use crate::error::{Code, Refusal};
use crate::gateway::credential::Credential;
use crate::issuer::IssuerSetting;
use crate::metrics::{CONTENT_TYPE, Exposition, Kind, Metrics};
use crate::provider::Providers;
use crate::request::Request;
use crate::response::Response;
use crate::settings::Settings;

/// What the numbers of an endpoint are made of.
pub struct Sources<'a> {
    /// What was heard of events.
    pub metrics: &'a Metrics,
    /// The identity providers.
    pub providers: &'a Providers,
    /// The runs that are under way.
    pub runs: usize,
    /// The process.
    pub process: ProcessState,
}

/// The numbers of the endpoint of `settings`.
///
/// # Errors
/// `metrics_token_required`.
pub fn response<'a>(
    request: &Request,
    settings: &Settings,
    sources: impl FnOnce() -> Sources<'a>,
) -> Result<Response, Refusal> {
    let token = settings.app_key.metrics_token(&request.endpoint);
    let may_read = Credential::is_metrics_token(request, &token)
        || Credential::is_app_key(request, &settings.app_key);
    if !may_read {
        return Err(token_required());
    }
    let sources = sources();
    let mut text = Exposition::default();
    write_info(&mut text);
    sources.metrics.write(&mut text);
    let (name, help) = (
        "oidc_gateway_open_runs",
        "Runs of users that are under way, streaming or blocking.",
    );
    text.family(name, Kind::Gauge, help)
        .sample(&[], sources.runs);
    write_keys(&mut text, settings, sources.providers);
    write_process(&mut text, &sources.process);
    Ok(Response::text(StatusCode::OK, CONTENT_TYPE, text.finish()))
}

fn write_info(text: &mut Exposition) {
    let mut info = text.family("oidc_gateway", Kind::Info, "The gateway.");
    info.sample(&[("version", env!("CARGO_PKG_VERSION"))], 1);
}

/// Nobody is asked for it: a key set that was never needed has no age.
fn write_keys(text: &mut Exposition, settings: &Settings, providers: &Providers) {
    let issuers = settings.issuers.iter().filter_map(|issuer| match issuer {
        IssuerSetting::Exact(issuer) => Some(issuer),
        IssuerSetting::EntraTemplate(_) => None,
    });
    let known: Vec<_> = issuers
        .filter_map(|issuer| Some((issuer.as_str(), providers.key_freshness(issuer, settings)?)))
        .collect();
    let mut age = text.family(
        "oidc_gateway_provider_keys_age_seconds",
        Kind::Gauge,
        "Seconds since the identity provider was asked for the keys that are used now.",
    );
    for (issuer, freshness) in &known {
        age.sample(&[("issuer", issuer)], freshness.age_seconds());
    }
    let mut refresh = text.family(
        "oidc_gateway_provider_keys_refresh_seconds",
        Kind::Gauge,
        "Seconds until the keys are renewed; 0 where the next token renews them.",
    );
    for (issuer, freshness) in &known {
        refresh.sample(&[("issuer", issuer)], freshness.next_refresh_seconds());
    }
}

/// The process serves other endpoints too; what is said of it is about all of them, and names none.
fn write_process(text: &mut Exposition, process: &ProcessState) {
    let mut refusals = text.family(
        "oidc_gateway_early_refusals",
        Kind::Counter,
        "Requests to this endpoint that were refused before the module saw them, by code.",
    );
    for (code, count) in &process.early_refusals {
        let code = Code::named(code).map_or("other", Code::as_str);
        refusals.sample(&[("code", code)], count);
    }
    let of_process: [(_, _, _, &dyn Display); 4] = [
        (
            "oidc_gateway_module_restarts",
            Kind::Counter,
            "How often the module of this endpoint has failed and was started again.",
            &process.restarts,
        ),
        (
            "process_cpu_seconds",
            Kind::Counter,
            "Processor time of the plugin's process.",
            &process.cpu_seconds,
        ),
        (
            "process_resident_memory_bytes",
            Kind::Gauge,
            "Resident memory of the plugin's process.",
            &process.resident_bytes,
        ),
        (
            "process_start_time_seconds",
            Kind::Gauge,
            "When the plugin's process was started, in seconds since 1970.",
            &process.started,
        ),
    ];
    for (name, kind, help, value) in of_process {
        text.family(name, kind, help).sample(&[], value);
    }
}

fn token_required() -> Refusal {
    Refusal::new(
        Code::MetricsTokenRequired,
        "`Authorization` holds neither the endpoint's metrics token nor its app key as bearer token. `GET /health` with the \
         app key shows the metrics token, as `metrics_token`.",
    )
}
