//! Connections: idleness, how many at once, and an owner that is dropped.

use std::time::{Duration, Instant};

use stand_in_dify::{AppKind, Options, StandIn};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{ask, start};

#[tokio::test]
async fn an_idle_connection_is_closed() {
    let keep_alive = Duration::from_millis(300);
    let stand_in = StandIn::start(Options {
        keep_alive,
        ..Options::default()
    })
    .unwrap();
    let mut stream = TcpStream::connect(stand_in.address()).await.unwrap();
    stream
        .write_all(b"GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n")
        .await
        .unwrap();
    let begun = Instant::now();
    let mut answer = Vec::new();
    stream.read_to_end(&mut answer).await.unwrap();
    assert!(answer.starts_with(b"HTTP/1.1 401"));
    assert!(
        (keep_alive..keep_alive * 5).contains(&begun.elapsed()),
        "{:?}",
        begun.elapsed()
    );
}

#[tokio::test]
async fn open_connections_are_counted_the_idle_ones_too() {
    let stand_in = start();
    let control = stand_in.control();
    let mut streams = Vec::new();
    for count in 1..=3 {
        let mut stream = TcpStream::connect(stand_in.address()).await.unwrap();
        stream
            .write_all(b"GET /v1/info HTTP/1.1\r\nHost: x\r\n\r\n")
            .await
            .unwrap();
        stream.read_u8().await.unwrap();
        streams.push(stream);
        assert_eq!(control.open_connections(), count);
    }
    drop(streams);
    while control.open_connections() > 0 {
        tokio::time::sleep(Duration::from_millis(10)).await;
    }
}

#[tokio::test]
async fn a_connection_beyond_the_limit_waits_for_one_to_end() {
    let slow = Options {
        worker_connections: 2,
        slow_second: Duration::from_millis(700),
        ..Options::default()
    };
    let stand_in = StandIn::start(slow).unwrap();
    let body = r#"{"inputs":{"secs":"1"},"user":"alice"}"#;
    let begun = Instant::now();
    let run = || {
        ask(
            &stand_in,
            AppKind::SlowWorkflow,
            "POST",
            "/workflows/run",
            body,
        )
    };
    let info = async {
        tokio::time::sleep(Duration::from_millis(200)).await;
        ask(&stand_in, AppKind::Chat, "GET", "/info", "").await;
        begun.elapsed()
    };
    let (_, _, waited) = tokio::join!(run(), run(), info);
    assert!(waited >= Duration::from_millis(700), "{waited:?}");
}

#[tokio::test]
async fn a_stand_in_that_is_dropped_answers_no_more() {
    let stand_in = start();
    let address = stand_in.address();
    drop(stand_in);
    tokio::time::sleep(Duration::from_millis(300)).await;
    assert!(TcpStream::connect(address).await.is_err());
}
