//! The SDK's three modes behind the same HTTP side.

use crate::support::{HOOK, echo, send, start, status};
use serde_json::{Value, json};
use stand_in_daemon::{Limits, Mode, Options};

#[tokio::test]
async fn every_mode_answers_streams_and_fails_alike() {
    for mode in [Mode::Local, Mode::Remote, Mode::Serverless] {
        let daemon = start(Options {
            mode,
            ..Options::default()
        })
        .await;
        assert!(daemon.process_id().is_some(), "{mode:?}");
        let seen = echo(&daemon, "POST", "/echo/a?b", "", b"body").await;
        assert_eq!(
            (&seen["body"], &seen["query"]),
            (&json!("body"), &json!("b=")),
            "{mode:?}"
        );
        let (head, body) = send(&daemon, "GET", "/stream?count=2", "", b"").await;
        assert_eq!((status(&head), body.as_str()), (201, "0,1,"), "{mode:?}");
        let (head, body) = send(&daemon, "GET", "/odd/value_error", "", b"").await;
        assert_eq!(
            (status(&head), body.as_str()),
            (404, "not a value"),
            "{mode:?}"
        );
        let (head, body) = send(&daemon, "GET", "/odd/fails_first", "", b"").await;
        assert_eq!(status(&head), 500, "{mode:?}");
        assert!(body.contains("no first chunk"), "{mode:?}: {body}");
    }
}

#[tokio::test]
async fn a_serverless_plugin_says_that_it_serves_as_the_marketplace_expects() {
    let daemon = start(Options {
        mode: Mode::Serverless,
        ..Options::default()
    })
    .await;
    let lines = daemon.log_lines();
    assert!(
        lines
            .iter()
            .any(|line| line.text.starts_with("* Serving Flask app")),
        "{lines:?}"
    );
}

#[tokio::test]
async fn a_call_that_is_too_long_for_a_serverless_plugin_is_refused() {
    let limits = Limits {
        serverless_request: 1000,
        ..Limits::default()
    };
    let daemon = start(Options {
        mode: Mode::Serverless,
        limits,
        ..Options::default()
    })
    .await;
    let (head, body) = send(&daemon, "POST", "/echo/a", "", &[b'x'; 500]).await;
    let outer: Value = serde_json::from_str(&body).unwrap();
    assert_eq!(status(&head), 500);
    let message = outer["message"].as_str().unwrap();
    assert!(
        message.contains("ServerlessPayloadTooLarge: action=invoke_endpoint payload_bytes="),
        "{message}"
    );
    assert!(message.contains(" max_request_bytes=1000"), "{message}");
}

#[tokio::test]
async fn open_calls_of_a_remote_plugin_fail_when_it_disconnects() {
    let daemon = start(Options {
        mode: Mode::Remote,
        ..Options::default()
    })
    .await;
    let response = reqwest::get(format!("{}/odd/exits", daemon.url_of(HOOK)))
        .await
        .unwrap();
    assert_eq!(response.status(), 500);
    let body = response.text().await.unwrap();
    assert!(
        body.contains("ConnectionClosedError") && body.contains("Connection closed unexpectedly"),
        "{body}"
    );
}
