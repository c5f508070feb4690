//! A module that fails.

use futures::future::join;
use gateway_tests::events;
use harness::Fault;
use serde_json::json;
use stand_in_dify::AppKind;
use tempfile::TempDir;

use super::failing_package::failing_package;
use super::pair::Pair;

#[tokio::test(flavor = "multi_thread")]
async fn a_trap_takes_neither_keys_nor_waiting_calls_nor_counts_of_the_neighbour() {
    let directory = TempDir::new().unwrap();
    let package = failing_package(directory.path());
    let pair = Pair::with(AppKind::Chatflow, |options| options.package = Some(package)).await;
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    assert_eq!(pair.neighbours("bob", &chat).await.status, 200);
    // From here on the neighbour lives on the keys that it has.
    pair.neighbours_issuer()
        .set_fault("/jwks", Some(Fault::Down));
    let token = pair.stage.token("mallory");
    let attack = async {
        for path in ["/meta", "/parameters", "/meta", "/meta"] {
            let answer = pair.stage.get(&token, path).await;
            assert_eq!(answer.refusal().1, "internal_error", "{path}");
        }
    };
    join(pair.slowest(), attack).await;
    assert_eq!(pair.stage.stack.daemon.restarts(), 0);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_of_the_neighbour_goes_on_and_counts_through_a_trap() {
    let directory = TempDir::new().unwrap();
    let package = failing_package(directory.path());
    let pair = Pair::with(AppKind::Chatflow, |options| options.package = Some(package)).await;
    pair.limit_neighbours_runs("1");
    let token = pair.stage.token("mallory");
    let mut stream = pair.neighbours_stream("bob").await;
    let first = stream.chunk().await.unwrap().unwrap();
    assert_eq!(pair.stage.get(&token, "/meta").await.status, 500);
    let chat = json!({"query": "hi", "response_mode": "blocking", "inputs": {}});
    let refused = pair.neighbours("bob", &chat).await;
    assert_eq!(refused.refusal().1, "too_many_streams");
    let rest = stream.bytes().await.unwrap();
    let events = events(&[first, rest].concat());
    assert_eq!(events.last().unwrap()["event"], "workflow_finished");
}
