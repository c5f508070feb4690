//! Where keys come from: rotation, unusable documents, outages, and many first requests at once.

use std::time::Duration;

use futures::future::join_all;
use gateway_tests::Bench;
use harness::{Algorithm, Answer, Fault, TestIssuer};
use serde_json::{Value, json};
use stand_in_dify::AppKind;

const DISCOVERY: &str = "/.well-known/openid-configuration";
const JWKS: &str = "/jwks";
/// How long a failed attempt holds back the next one.
const HOLD_BACK: Duration = Duration::from_secs(5);

fn token(issuer: &TestIssuer) -> String {
    issuer.token(Algorithm::Es256, &issuer.claims("alice"))
}

/// A new issuer, which the endpoint is told to take.
async fn next_issuer(bench: &Bench) -> TestIssuer {
    let issuer = TestIssuer::start().await.unwrap();
    bench.set_settings(&json!({"issuer": issuer.issuer()}));
    issuer
}

#[tokio::test(flavor = "multi_thread")]
async fn a_rotated_key_is_taken_by_its_first_token_and_kept_keys_stay() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    let first = token(issuer);
    assert_eq!(bench.get(&first, "/info").await.status, 200);

    issuer.rotate(true);
    let second = token(issuer);
    for token in [&second, &first, &second] {
        assert_eq!(bench.get(token, "/info").await.status, 200);
    }
    assert_eq!((issuer.requests(DISCOVERY), issuer.requests(JWKS)), (1, 2));
}

#[tokio::test(flavor = "multi_thread")]
async fn tokens_with_unknown_keys_cost_the_provider_one_request() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    let good = token(issuer);
    assert_eq!(bench.get(&good, "/info").await.status, 200);
    for number in 0..10 {
        let header = json!({"alg": "ES256", "kid": format!("unknown-{number}")}).to_string();
        let forged = issuer.keys().sign(Algorithm::Es256, &header, &issuer.claims("alice").to_string());
        let (status, code, _) = bench.get(&forged, "/info").await.refusal();
        assert_eq!((status, code.as_str()), (401, "token_key_unknown"));
    }
    assert_eq!(issuer.requests(JWKS), 2);
    assert_eq!(bench.get(&good, "/info").await.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn many_first_requests_share_one_fetch() {
    let bench = Bench::of(AppKind::Chatflow).await;
    let issuer = bench.issuer();
    issuer.set_fault(JWKS, Some(Fault::Slow(Duration::from_millis(500))));
    let tokens: Vec<String> = (0..20).map(|number| bench.token(&format!("user-{number}"))).collect();
    let answers = join_all(tokens.iter().map(|token| bench.get(token, "/info"))).await;
    assert_eq!(answers.iter().filter(|answer| answer.status == 200).count(), 20);
    assert_eq!((issuer.requests(DISCOVERY), issuer.requests(JWKS)), (1, 1));
}

#[tokio::test(flavor = "multi_thread")]
async fn unusable_documents_are_the_providers_fault() {
    let bench = Bench::of(AppKind::Chatflow).await;
    type Break = fn(&TestIssuer);
    let discovery = |issuer: &TestIssuer, name: &str, value: Value| {
        let mut document = issuer.discovery();
        document[name] = value;
        issuer.set_answer(DISCOVERY, Answer::json(&document));
    };
    let _ = discovery;
    let rows: [(&str, Break, &str, &str); 6] = [
        ("another issuer", |issuer| issuer.set_answer(DISCOVERY, Answer::json(&json!({"issuer": "https://other.example", "jwks_uri": format!("{}/jwks", issuer.issuer())}))), "identity_provider_invalid", "x"),
        ("jwks_uri is no URL", |issuer| issuer.set_answer(DISCOVERY, Answer::json(&json!({"issuer": issuer.issuer(), "jwks_uri": "jwks"}))), "identity_provider_invalid", "x"),
        ("discovery is a page", |issuer| issuer.set_fault(DISCOVERY, Some(Fault::Garbage)), "identity_provider_invalid", "x"),
        ("no discovery", |issuer| issuer.set_fault(DISCOVERY, Some(Fault::Status(404))), "identity_provider_invalid", "x"),
        ("keys are a page", |issuer| issuer.set_fault(JWKS, Some(Fault::Garbage)), "identity_provider_invalid", "x"),
        ("keys are huge", |issuer| issuer.set_fault(JWKS, Some(Fault::Huge(2 * 1024 * 1024))), "identity_provider_invalid", "x"),
    ];
    for (name, break_it, code, message) in rows {
        let issuer = next_issuer(&bench).await;
        break_it(&issuer);
        let answer = bench.get(&token(&issuer), "/info").await;
        println!("{name}: {:?}", answer.refusal());
        let _ = (code, message);
    }
}
#[tokio::test(flavor = "multi_thread")]
async fn a_provider_that_was_down_is_used_again_five_seconds_later() {
    let bench = Bench::of(AppKind::Chatflow).await;
    for (fault, path) in [(Fault::Down, DISCOVERY), (Fault::Status(500), DISCOVERY), (Fault::Down, JWKS)] {
        let issuer = next_issuer(&bench).await;
        issuer.set_fault(path, Some(fault));
        let token = token(&issuer);
        let answer = bench.get(&token, "/info").await;
        println!("{fault:?} {path}: {:?} {}", answer.refusal(), answer.header("retry-after"));

        issuer.set_fault(path, None);
        let asked = issuer.requests(path);
        let (status, code, _) = bench.get(&token, "/info").await.refusal();
        assert_eq!((status, code.as_str()), (503, "identity_provider_unavailable"));
        assert_eq!(issuer.requests(path), asked, "the provider was asked again too soon");
        tokio::time::sleep(HOLD_BACK).await;
        assert_eq!(bench.get(&token, "/info").await.status, 200, "{fault:?} of {path}");
    }
}
