//! An identity provider that breaks HTTP itself, or never ends. What HTTP can say is in `signed_in/providers.rs`.

use futures::future::{join, join_all};
use gateway_tests::{Holdings, Script, Stage, WholeResponse, Wire, eventually, further_endpoint};
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

const MIB: u64 = 1024 * 1024;
const UNAVAILABLE: &str = "identity_provider_unavailable";
const INVALID: &str = "identity_provider_invalid";
const TIMEOUT: &str = "took too long";

/// What breaks, and the code and message of the refusal.
const ROWS: [(Script, &str, &str); 6] = [
    (Script::CutHead, UNAVAILABLE, "the connection broke off"),
    (Script::CutBody, UNAVAILABLE, "the connection broke off"),
    (Script::Drip, UNAVAILABLE, TIMEOUT),
    (Script::EndlessBody, INVALID, "the response is too large"),
    (Script::EndlessHead, INVALID, "the response is too large"),
    (Script::Silence, UNAVAILABLE, TIMEOUT),
];

/// Which document breaks.
#[derive(Clone, Copy, Debug)]
enum Document {
    Discovery,
    Keys,
}

const DISCOVERY: &str = "discovery document";
const KEYS: &str = "keys (`jwks_uri`)";

impl Document {
    /// What the message may name. The keys have five seconds with the discovery in them, so both run out at once.
    fn labels(self, why: &str) -> &'static [&'static str] {
        match self {
            Self::Discovery if why == TIMEOUT => &[DISCOVERY, KEYS],
            Self::Discovery => &[DISCOVERY],
            Self::Keys => &[KEYS],
        }
    }
}

fn message(issuer: &str, label: &str, code: &str, why: &str) -> String {
    match code {
        UNAVAILABLE => format!(
            "The identity provider `{issuer}` gave no {label}: {why}. Try again in 5 seconds."
        ),
        _ => format!(
            "The {label} of the identity provider `{issuer}` cannot be used: {why}. Fix this at the identity provider."
        ),
    }
}

/// Settings of an endpoint that gets `document` from `wire`. `discovery_url` lends the wire's origin.
fn settings(stage: &Stage, document: Document, wire: &Wire) -> serde_json::Value {
    match document {
        Document::Discovery => json!({"discovery_url": format!("{}/discovery", wire.url())}),
        Document::Keys => {
            let mut discovery = stage.issuer().discovery();
            discovery["jwks_uri"] = json!(format!("{}/jwks", wire.url()));
            wire.answer_one(discovery);
            json!({"discovery_url": format!("{}/discovery", wire.url())})
        }
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_breaks_http_is_503_within_its_limits_and_nobody_else_waits() {
    let endpoint = further_endpoint(0);
    let id = endpoint.id.clone();
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.further_endpoints = vec![endpoint]
    })
    .await;
    let token = stage.token("alice");
    assert_eq!(stage.get(&token, "/info").await.status, 200);
    for document in [Document::Discovery, Document::Keys] {
        for (script, code, why) in ROWS {
            let wire = Wire::start(script).await;
            stage.set_settings_of(&id, &settings(&stage, document, &wire));
            Holdings::forget_peak(&stage);
            let before = Holdings::of(&stage);
            let broken = WholeResponse::of(
                stage
                    .request_at(&id, Method::GET, "/info")
                    .bearer_auth(&token),
            );
            let others = join_all((0..20).map(|_| stage.get(&token, "/info")));
            let (refused, others) = join(broken, others).await;
            let issuer = stage.issuer().issuer();
            let messages = document.labels(why).iter();
            let messages: Vec<_> = messages
                .map(|label| (503, code.to_owned(), message(issuer, label, code, why)))
                .collect();
            let refusal = refused.refusal();
            assert!(
                messages.contains(&refusal),
                "{document:?} {script:?}: {refusal:?}"
            );
            assert!(
                others.iter().all(|answer| answer.status == 200),
                "{script:?}"
            );
            eventually("the connection is closed", || wire.open_connections() == 0).await;
            let after = Holdings::of(&stage);
            assert!(
                after.peak < before.peak + 16 * MIB,
                "{script:?}: {before:?}, {after:?}"
            );
        }
    }
    stage.assert_unharmed();
}

#[tokio::test(flavor = "multi_thread")]
async fn requests_that_need_nothing_of_a_hanging_provider_are_answered_before_it_is_given_up() {
    let wire = Wire::start(Script::Silence).await;
    let endpoint = further_endpoint(0);
    let id = endpoint.id.clone();
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.further_endpoints = vec![endpoint]
    })
    .await;
    stage.set_settings_of(&id, &settings(&stage, Document::Discovery, &wire));
    let token = stage.token("alice");
    assert_eq!(stage.get(&token, "/info").await.status, 200);
    let waiting: Vec<_> = (0..100)
        .map(|_| {
            let request = stage
                .request_at(&id, Method::GET, "/info")
                .bearer_auth(&token);
            tokio::spawn(WholeResponse::of(request))
        })
        .collect();
    eventually("the provider is asked", || wire.open_connections() == 1).await;
    for _ in 0..20 {
        assert_eq!(stage.get(&token, "/info").await.status, 200);
    }
    assert!(
        waiting.iter().all(|task| !task.is_finished()),
        "one has ended"
    );
    for answer in join_all(waiting).await {
        assert_eq!(answer.unwrap().refusal().1, UNAVAILABLE);
    }
    assert_eq!(wire.open_connections(), 0);
}
