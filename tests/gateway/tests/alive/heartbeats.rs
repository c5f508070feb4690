//! The daemon restarts a plugin that gives no sign of life, so nothing may hold the heartbeats up.

use std::time::{Duration, Instant};

use futures::future::join_all;
use gateway_tests::{Stage, WholeResponse};
use harness::Algorithm;
use http::Method;
use stand_in_dify::AppKind;

const AT_ONCE: usize = 256;
/// How many cold tokens each of the clients sends, one after the other.
const ROUNDS: u32 = 4;
/// The SDK's interval is 10 s, longer than all this takes.
const INTERVAL: &str = "0.02";

/// Tokens that no cache has seen, with the costliest signature.
fn cold_tokens(stage: &Stage, client: usize) -> Vec<String> {
    let issuer = stage.issuer();
    let token = |round| {
        issuer.token(
            Algorithm::Rs512,
            &issuer.claims(&format!("user-{client}-{round}")),
        )
    };
    (0..ROUNDS).map(token).collect()
}

async fn verify(stage: &Stage, tokens: &[String]) {
    for token in tokens {
        assert_eq!(stage.get(token, "/whoami").await.status, 200);
    }
}

/// The longest that a request without a token waits until `storm` is over.
async fn longest_wait(stage: &Stage, storm: impl Future<Output = ()>) -> Duration {
    let mut longest = Duration::ZERO;
    let probing = async {
        loop {
            let began = Instant::now();
            let answer = WholeResponse::of(stage.request(Method::GET, "/")).await;
            assert_eq!(answer.status, 200);
            longest = longest.max(began.elapsed());
        }
    };
    tokio::select! {
        () = probing => {}
        () = storm => {}
    }
    longest
}

#[tokio::test(flavor = "multi_thread")]
async fn heartbeats_go_on_and_nobody_waits_long_while_256_cold_rs512_tokens_arrive_at_once() {
    let stage = Stage::with(AppKind::Chatflow, |options| {
        let interval = ("HEARTBEAT_INTERVAL".to_owned(), INTERVAL.to_owned());
        options.environment.push(interval);
    })
    .await;
    let tokens: Vec<Vec<String>> = (0..AT_ONCE)
        .map(|client| cold_tokens(&stage, client))
        .collect();
    assert_eq!(
        stage.get(&stage.token("alice"), "/whoami").await.status,
        200
    );

    let daemon = &stage.stack.daemon;
    let (before, began) = (daemon.heartbeats(), Instant::now());
    let storm = async { drop(join_all(tokens.iter().map(|tokens| verify(&stage, tokens))).await) };
    let longest = longest_wait(&stage, storm).await;
    let (heartbeats, storm) = (daemon.heartbeats() - before, began.elapsed());
    assert!(
        heartbeats > u64::from(ROUNDS),
        "{heartbeats} heartbeats in {storm:?}"
    );
    // As long as those with cold tokens wait on average, and some more for the noise of the machine.
    let fair = storm / ROUNDS;
    assert!(
        longest < 3 * fair,
        "{longest:?}, where a cold token takes {fair:?}"
    );
    stage.assert_unharmed();
}
