//! A Dify that breaks HTTP itself. What HTTP can say is in `signed_in/dify_failures.rs`.

use futures::future::join_all;
use gateway_tests::{Holdings, Script, Stage, WholeResponse, Wire, eventually, further_endpoint};
use http::Method;
use serde_json::json;
use stand_in_dify::AppKind;

const MIB: u64 = 1024 * 1024;
const BROKEN: (&str, &str) = (
    "dify_unavailable",
    "The connection to Dify broke off before its response had arrived.",
);
const INVALID: (&str, &str) = (
    "dify_answer_invalid",
    "What Dify sent is not an HTTP response of its API.",
);

/// A stage with a second endpoint, whose Dify is `wire`.
async fn stage(wire: &Wire) -> (Stage, String) {
    let other = further_endpoint(0);
    let id = other.id.clone();
    let stage = Stage::with(AppKind::Chatflow, |options| {
        options.further_endpoints = vec![other]
    })
    .await;
    stage.set_settings_of(&id, &json!({"dify_api_url": format!("{}/v1", wire.url())}));
    (stage, id)
}

#[tokio::test(flavor = "multi_thread")]
async fn a_head_that_is_cut_endless_or_none_is_told_and_nothing_of_it_is_kept() {
    let rows = [
        (Script::CutHead, BROKEN),
        (Script::EndlessHead, INVALID),
        (Script::Garbage, INVALID),
    ];
    for (script, (code, message)) in rows {
        let wire = Wire::start(script).await;
        let (stage, broken) = stage(&wire).await;
        let token = stage.token("alice");
        assert_eq!(stage.get(&token, "/info").await.status, 200);
        let before = Holdings::of(&stage);
        for _ in 0..20 {
            let request = stage
                .request_at(&broken, Method::GET, "/info")
                .bearer_auth(&token);
            let expected = (502, code.to_owned(), message.to_owned());
            assert_eq!(
                WholeResponse::of(request).await.refusal(),
                expected,
                "{script:?}"
            );
            assert_eq!(stage.get(&token, "/info").await.status, 200, "{script:?}");
        }
        eventually("the connections are closed", || {
            wire.open_connections() == 0
        })
        .await;
        let (after, sent) = (Holdings::of(&stage), wire.sent());
        assert!(
            after.descriptors <= before.descriptors,
            "{before:?}, {after:?}"
        );
        assert!(after.peak < before.peak + 16 * MIB, "{before:?}, {after:?}");
        // The system's own buffers take some megabytes of each.
        assert!(
            sent < 20 * 20_000_000,
            "{sent} bytes were taken of {script:?}"
        );
        stage.assert_unharmed();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn nobody_else_waits_for_a_dify_that_does_not_answer() {
    for script in [Script::Silence, Script::Drip] {
        let wire = Wire::start(script).await;
        let (stage, slow) = stage(&wire).await;
        let token = stage.token("alice");
        let waiting: Vec<_> = (0..50)
            .map(|_| {
                let request = stage
                    .request_at(&slow, Method::GET, "/info")
                    .bearer_auth(&token);
                tokio::spawn(async move { request.send().await?.bytes().await })
            })
            .collect();
        eventually("all of them wait", || wire.open_connections() == 50).await;
        let others = join_all((0..50).map(|_| stage.get(&token, "/info"))).await;
        assert!(
            others.iter().all(|answer| answer.status == 200),
            "{script:?}"
        );
        assert!(
            waiting.iter().all(|task| !task.is_finished()),
            "{script:?}: one has ended"
        );
        let descriptors = Holdings::of(&stage).descriptors;
        // The one end that is sooner than the limits of minutes.
        drop(wire);
        for task in waiting {
            task.await.unwrap().map(drop).unwrap_or_default();
        }
        eventually("their descriptors are given back", || {
            Holdings::of(&stage).descriptors + 50 <= descriptors
        })
        .await;
        stage.assert_unharmed();
    }
}

#[tokio::test(flavor = "multi_thread")]
async fn endless_bodies_that_nobody_reads_starve_nobody_and_fill_no_memory() {
    let wire = Wire::start(Script::EndlessBody).await;
    let (stage, endless) = stage(&wire).await;
    let token = stage.token("alice");
    assert_eq!(stage.get(&token, "/info").await.status, 200);
    Holdings::forget_peak(&stage);
    let before = Holdings::of(&stage);
    for _ in 0..4 {
        let request = stage
            .request_at(&endless, Method::GET, "/info")
            .bearer_auth(&token);
        let mut response = request.send().await.unwrap();
        response.chunk().await.unwrap().unwrap();
    }
    for _ in 0..20 {
        assert_eq!(stage.get(&token, "/info").await.status, 200);
    }
    let after = Holdings::of(&stage);
    assert!(after.peak < before.peak + 64 * MIB, "{before:?}, {after:?}");
    drop(wire);
    eventually("their descriptors are given back", || {
        Holdings::of(&stage).descriptors <= before.descriptors
    })
    .await;
    stage.assert_unharmed();
}
