//! How many runs one user may have at once.

use std::time::Duration;

use gateway_tests::{Answer, Bench, events, eventually};
use http::Method;
use reqwest::Response;
use serde_json::{Value, json};
use stand_in_dify::{AppKind, Fault};

const PATH: &str = "/chat-messages";

fn chat(response_mode: &str) -> Value {
    json!({"query": "hi", "response_mode": response_mode, "inputs": {"secs": "0"}})
}

/// A run that goes on until it is stopped.
fn long_chat() -> Value {
    json!({"query": "hi", "response_mode": "streaming", "inputs": {"secs": "3600"}})
}

/// A stream that has begun, and its task.
struct Open {
    response: Response,
    task: String,
}

async fn open(bench: &Bench, token: &str) -> Open {
    let request = bench.request(Method::POST, PATH).bearer_auth(token);
    let mut response = request.json(&long_chat()).send().await.unwrap();
    assert_eq!(response.status(), 200);
    loop {
        let piece = response.chunk().await.unwrap().unwrap();
        let found = events(&piece);
        if let Some(task) = found.iter().find_map(|event| event["task_id"].as_str()) {
            let task = task.to_owned();
            return Open { response, task };
        }
    }
}

async fn stop(bench: &Bench, token: &str, task: &str) {
    let answer = bench
        .post(token, &format!("{PATH}/{task}/stop"), &json!({}))
        .await;
    assert_eq!(answer.status, 200);
}

async fn refused(bench: &Bench, token: &str, response_mode: &str, count: u32) {
    bench.seen();
    let answer = bench.post(token, PATH, &chat(response_mode)).await;
    let message = format!(
        "You have {count} runs under way, streaming or blocking, and this endpoint allows each user {count} at once \
         (`streams_per_user`). Wait for one to end, or stop it."
    );
    assert_eq!(
        answer.refusal(),
        (429, "too_many_streams".to_owned(), message)
    );
    assert_eq!(answer.header("retry-after"), "5");
    assert!(bench.seen().is_empty(), "Dify was asked");
}

/// Waits until one more stream is let in, and lets it end.
async fn let_in(bench: &Bench, token: &str) {
    for _ in 0..100 {
        let answer = bench.post(token, PATH, &chat("streaming")).await;
        if answer.status == 200 {
            return;
        }
        assert_eq!(answer.refusal().1, "too_many_streams");
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
    panic!("the place was not given free");
}

#[tokio::test(flavor = "multi_thread")]
async fn one_run_more_is_refused_at_no_cost_to_dify_until_one_has_ended() {
    let bench = Bench::of(AppKind::SlowChatflow).await;
    let (alice, bob) = (bench.token("alice"), bench.token("bob"));
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(open(&bench, &alice).await);
    }
    refused(&bench, &alice, "streaming", 4).await;
    refused(&bench, &alice, "blocking", 4).await;
    drop(open(&bench, &bob).await);

    let ended = streams.pop().unwrap();
    stop(&bench, &alice, &ended.task).await;
    ended.response.bytes().await.unwrap();
    let_in(&bench, &alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_its_client_left_holds_its_place_until_dify_ends_it() {
    let bench = Bench::of(AppKind::SlowChatflow).await;
    bench.set_settings(&json!({"streams_per_user": "1"}));
    let token = bench.token("alice");
    let Open { response, task } = open(&bench, &token).await;
    drop(response);
    // The plugin is not told that a client has left, so there is no event to wait for.
    tokio::time::sleep(Duration::from_secs(1)).await;
    refused(&bench, &token, "streaming", 1).await;

    stop(&bench, &token, &task).await;
    let_in(&bench, &token).await;
    let control = bench.control();
    eventually("Dify has no connection", || control.open_connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_fails_gives_its_place_back_and_zero_means_no_limit() {
    let bench = Bench::of(AppKind::SlowChatflow).await;
    bench.set_settings(&json!({"streams_per_user": "1"}));
    let token = bench.token("alice");
    let control = bench.control();
    let json = vec![("content-type".to_owned(), "application/json".to_owned())];
    let failures = [
        (Fault::CloseBeforeHead, 502),
        (Fault::Garbage(b"garbage\r\n\r\n".to_vec()), 502),
        (Fault::CutBody(100), 200),
        (
            Fault::Answer {
                status: 400,
                headers: json,
                body: b"{}".to_vec(),
            },
            400,
        ),
    ];
    for (fault, status) in failures {
        control.set_fault_once(PATH, fault.clone());
        let answer = bench.post(&token, PATH, &chat("streaming")).await;
        assert_eq!(answer.status, status, "{fault:?}: {}", answer.text());
        let_in(&bench, &token).await;
    }
    bench.set_settings(&json!({"streams_per_user": "0"}));
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&bench, &token).await);
    }
    let answer: Answer = bench.get(&token, "/info").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocking_run_takes_a_place_until_it_is_answered() {
    let bench = Bench::of(AppKind::SlowChatflow).await;
    bench.set_settings(&json!({"streams_per_user": "1"}));
    let token = bench.token("alice");
    let slow = json!({"query": "hi", "response_mode": "blocking", "inputs": {"secs": "2"}});
    let request = bench.request(Method::POST, PATH).bearer_auth(&token);
    let running = tokio::spawn(request.json(&slow).send());
    let control = bench.control();
    let has_begun = || {
        let requests = control.requests();
        requests.iter().any(|request| request.path.ends_with(PATH))
    };
    eventually("Dify has the run", has_begun).await;
    for mode in ["blocking", "streaming"] {
        refused(&bench, &token, mode, 1).await;
    }
    let response = running.await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    let answer = bench.post(&token, PATH, &chat("blocking")).await;
    assert_eq!(answer.status, 200);
}
