//! How many runs one user may have at once.

use std::time::Duration;

use gateway_tests::{Stage, WholeResponse, events, eventually};
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

async fn open(stage: &Stage, token: &str) -> Open {
    let request = stage.request(Method::POST, PATH).bearer_auth(token);
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

async fn stop(stage: &Stage, token: &str, task: &str) {
    let answer = stage
        .post(token, &format!("{PATH}/{task}/stop"), &json!({}))
        .await;
    assert_eq!(answer.status, 200);
}

async fn refused(stage: &Stage, token: &str, response_mode: &str, count: u32) {
    stage.seen();
    let answer = stage.post(token, PATH, &chat(response_mode)).await;
    let message = format!(
        "You have {count} runs under way, streaming or blocking, and this endpoint allows each user {count} at once \
         (`streams_per_user`). Wait for one to end, or stop it."
    );
    assert_eq!(
        answer.refusal(),
        (429, "too_many_streams".to_owned(), message)
    );
    assert_eq!(answer.header("retry-after"), "5");
    assert!(stage.seen().is_empty(), "Dify was asked");
}

/// Waits until one more stream is let in, and lets it end.
async fn let_in(stage: &Stage, token: &str) {
    for _ in 0..100 {
        let answer = stage.post(token, PATH, &chat("streaming")).await;
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
    let stage = Stage::of(AppKind::SlowChatflow).await;
    let (alice, bob) = (stage.token("alice"), stage.token("bob"));
    let mut streams = Vec::new();
    for _ in 0..4 {
        streams.push(open(&stage, &alice).await);
    }
    refused(&stage, &alice, "streaming", 4).await;
    refused(&stage, &alice, "blocking", 4).await;
    drop(open(&stage, &bob).await);

    let ended = streams.pop().unwrap();
    stop(&stage, &alice, &ended.task).await;
    ended.response.bytes().await.unwrap();
    let_in(&stage, &alice).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_its_client_left_holds_its_place_until_dify_ends_it() {
    let stage = Stage::of(AppKind::SlowChatflow).await;
    stage.set_settings(&json!({"streams_per_user": "1"}));
    let token = stage.token("alice");
    let Open { response, task } = open(&stage, &token).await;
    drop(response);
    // The plugin is not told that a client has left, so there is no event to wait for.
    tokio::time::sleep(Duration::from_secs(1)).await;
    refused(&stage, &token, "streaming", 1).await;

    stop(&stage, &token, &task).await;
    let_in(&stage, &token).await;
    let control = stage.control();
    eventually("Dify has no connection", || control.open_connections() == 0).await;
}

#[tokio::test(flavor = "multi_thread")]
async fn a_stream_that_fails_gives_its_place_back_and_zero_means_no_limit() {
    let stage = Stage::of(AppKind::SlowChatflow).await;
    stage.set_settings(&json!({"streams_per_user": "1"}));
    let token = stage.token("alice");
    let control = stage.control();
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
        let answer = stage.post(&token, PATH, &chat("streaming")).await;
        assert_eq!(answer.status, status, "{fault:?}: {}", answer.text());
        let_in(&stage, &token).await;
    }
    stage.set_settings(&json!({"streams_per_user": "0"}));
    let mut streams = Vec::new();
    for _ in 0..8 {
        streams.push(open(&stage, &token).await);
    }
    let answer: WholeResponse = stage.get(&token, "/info").await;
    assert_eq!(answer.status, 200);
}

#[tokio::test(flavor = "multi_thread")]
async fn a_blocking_run_takes_a_place_until_it_is_answered() {
    let stage = Stage::of(AppKind::SlowChatflow).await;
    stage.set_settings(&json!({"streams_per_user": "1"}));
    let token = stage.token("alice");
    let slow = json!({"query": "hi", "response_mode": "blocking", "inputs": {"secs": "2"}});
    let request = stage.request(Method::POST, PATH).bearer_auth(&token);
    let running = tokio::spawn(request.json(&slow).send());
    let control = stage.control();
    let has_begun = || {
        let requests = control.requests();
        requests.iter().any(|request| request.path.ends_with(PATH))
    };
    eventually("Dify has the run", has_begun).await;
    for mode in ["blocking", "streaming"] {
        refused(&stage, &token, mode, 1).await;
    }
    let response = running.await.unwrap().unwrap();
    assert_eq!(response.status(), 200);
    let answer = stage.post(&token, PATH, &chat("blocking")).await;
    assert_eq!(answer.status, 200);
}
