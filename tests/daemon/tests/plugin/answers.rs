//! What the daemon changes in a plugin's response before the client gets it.

use std::time::{Duration, Instant};

use crate::support::{
    HOOK, eventually, logged, narrow_connection, read, send, start, status, write,
};
use serde_json::Value;
use stand_in_daemon::{Daemon, Limits, LogLine, LogSource, Options};

fn stream_url(daemon: &Daemon, query: &str) -> String {
    format!("{}/stream?{query}", daemon.url_of(HOOK))
}

#[tokio::test]
async fn errors_of_the_plugin_reach_the_client_as_in_dify() {
    let daemon = start(Options::default()).await;
    let rows = [
        ("/odd/value_error", 404, "not a value"),
        (
            "/odd/other_error",
            500,
            "Internal Server Error: 'not a key'",
        ),
        (
            "/unknown",
            404,
            "Failed to dispatch endpoint request: 404 Not Found: ",
        ),
    ];
    for (path, expected_status, expected_body) in rows {
        let (head, body) = send(&daemon, "GET", path, "", b"").await;
        assert_eq!(status(&head), expected_status, "{path}: {body}");
        assert!(body.starts_with(expected_body), "{path}: {body}");
    }
}

#[tokio::test]
async fn an_error_before_the_first_chunk_is_a_500_with_the_traceback() {
    let daemon = start(Options::default()).await;
    let rows = [
        ("/odd/fails_first", "", "KeyError"),
        ("/echo/a", "X_Under: 1\r\n", "ValueError"),
    ];
    for (path, headers, error_type) in rows {
        let (head, body) = send(&daemon, "GET", path, headers, b"").await;
        let outer: Value = serde_json::from_str(&body).unwrap();
        let middle: Value = serde_json::from_str(outer["message"].as_str().unwrap()).unwrap();
        let inner: Value = serde_json::from_str(middle["message"].as_str().unwrap()).unwrap();
        assert_eq!(
            (status(&head), &outer["code"], &outer["data"]),
            (500, &(-500).into(), &Value::Null)
        );
        assert_eq!(middle["error_type"], "PluginDaemonInternalServerError");
        assert_eq!(inner["error_type"], error_type);
        assert!(
            inner["args"]["traceback"]
                .as_str()
                .unwrap()
                .starts_with("Traceback"),
            "{inner}"
        );
    }
}

#[tokio::test]
async fn an_error_after_the_first_chunk_is_written_into_the_body() {
    let daemon = start(Options::default()).await;
    let (head, body) = send(&daemon, "GET", "/odd/fails_later", "", b"").await;
    let error: Value = serde_json::from_str(body.strip_prefix("first").unwrap()).unwrap();
    assert_eq!(
        (status(&head), &error["error_type"]),
        (200, &"KeyError".into())
    );
}

#[tokio::test]
async fn answers_without_a_generator_come_in_one_piece_with_one_value_for_each_header() {
    let daemon = start(Options::default()).await;
    let (head, body) = send(&daemon, "GET", "/odd/list_of_chunks", "", b"").await;
    assert_eq!((status(&head), body.as_str()), (202, "one,two"));
    let (head, body) = send(&daemon, "GET", "/odd/cookies", "", b"").await;
    assert_eq!(body, "two cookies");
    assert!(
        head.contains("Set-Cookie: b=2; Path=/") && !head.contains("a=1"),
        "{head}"
    );
}

#[tokio::test]
async fn a_generator_without_chunks_has_status_and_headers_and_no_body() {
    let daemon = start(Options::default()).await;
    let (head, body) = send(&daemon, "GET", "/stream?count=0", "", b"").await;
    assert_eq!((status(&head), body.as_str()), (201, ""));
    assert!(head.contains("Content-Type: text/event-stream"), "{head}");
}

#[tokio::test]
async fn every_chunk_arrives_when_it_is_made() {
    let daemon = start(Options::default()).await;
    let started = Instant::now();
    let mut response = reqwest::get(stream_url(&daemon, "count=3&pause=0.5"))
        .await
        .unwrap();
    let mut arrivals = Vec::new();
    while let Some(chunk) = response.chunk().await.unwrap() {
        arrivals.push((chunk, started.elapsed()));
    }
    let chunks: Vec<_> = arrivals.iter().map(|(chunk, _)| chunk.as_ref()).collect();
    assert_eq!(chunks, [b"0,", b"1,", b"2,"]);
    assert!(
        arrivals[2].1 - arrivals[0].1 >= Duration::from_millis(900),
        "{arrivals:?}"
    );
}

#[tokio::test]
async fn a_slow_client_loses_chunks_and_a_fast_one_none() {
    let daemon = start(Options::default()).await;
    let (chunks, size) = (400, 65_536);
    let query = format!("count={chunks}&size={size}");
    let whole = reqwest::get(stream_url(&daemon, &query))
        .await
        .unwrap()
        .bytes()
        .await
        .unwrap();
    assert_eq!((whole.len(), daemon.dropped_chunks()), (chunks * size, 0));

    let mut slow = narrow_connection(&daemon).await;
    let head = format!("GET /e/{HOOK}/stream?{query} HTTP/1.1\r\nHost: localhost\r\n");
    write(&mut slow, &head, b"").await;
    let ended = LogLine {
        source: LogSource::Stderr,
        text: "the stream has ended".into(),
    };
    eventually("the plugin has sent everything", || {
        daemon
            .log_lines()
            .iter()
            .filter(|line| **line == ended)
            .count()
            == 2
    })
    .await;
    let (_, body) = read(slow).await;
    let lost = usize::try_from(daemon.dropped_chunks()).unwrap();
    assert!(lost > 0);
    assert_eq!(body.len() + lost * size, chunks * size);
}

#[tokio::test]
async fn after_the_time_limit_the_body_ends_with_the_daemons_error() {
    let limits = Limits {
        execution: Duration::from_secs(2),
        ..Limits::default()
    };
    let daemon = start(Options {
        limits,
        ..Options::default()
    })
    .await;
    let (head, body) = send(&daemon, "GET", "/stream?count=100&pause=0.2", "", b"").await;
    let killed = r#"{"code":-500,"message":"{\"message\":\"killed by timeout\",\"error_type\":\"PluginDaemonInternalServerError\",\"args\":null}","data":null}"#;
    assert_eq!(status(&head), 201);
    assert!(body.starts_with("0,1,") && body.ends_with(killed), "{body}");
}

#[tokio::test]
async fn the_plugin_is_not_told_when_the_client_leaves() {
    let daemon = start(Options::default()).await;
    let mut response = reqwest::get(stream_url(&daemon, "count=5&pause=0.2"))
        .await
        .unwrap();
    assert_eq!(response.chunk().await.unwrap().unwrap(), "0,");
    drop(response);
    let ended = LogLine {
        source: LogSource::Stderr,
        text: "the stream has ended".into(),
    };
    eventually("the plugin has ended its stream", || {
        logged(&daemon, &ended)
    })
    .await;
}
