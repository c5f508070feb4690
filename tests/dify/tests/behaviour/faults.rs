//! The faults that a test can set.

use std::time::{Duration, Instant};

use stand_in_dify::{AppKind, Fault};
use tokio::io::{AsyncReadExt, AsyncWriteExt};
use tokio::net::TcpStream;

use crate::client::{ask, raw, request, start};

#[tokio::test]
async fn a_fault_changes_the_bytes_of_the_answer() {
    let stand_in = start();
    let control = stand_in.control();
    let asked = request(AppKind::Chat, "GET", "/info", "");
    let whole = raw(stand_in.address(), &asked).await;
    let head = whole
        .windows(4)
        .position(|window| window == b"\r\n\r\n")
        .unwrap()
        + 4;
    let answer = Fault::Answer {
        status: 502,
        headers: vec![("x-a".into(), "b".into())],
        body: b"bad".to_vec(),
    };
    type Expectation = Box<dyn Fn(&[u8]) -> bool>;
    let cases: Vec<(Fault, Expectation)> = vec![
        (Fault::CloseBeforeHead, Box::new(<[u8]>::is_empty)),
        (
            Fault::Garbage(b"\x00garbage".to_vec()),
            Box::new(|bytes| bytes == b"\x00garbage"),
        ),
        (
            Fault::CutBody(5),
            Box::new(move |bytes| bytes.len() == head + 5),
        ),
        (
            Fault::HugeHeaders(100_000),
            Box::new(|bytes| bytes.len() > 100_000),
        ),
        (
            answer,
            Box::new(|bytes| {
                bytes.starts_with(b"HTTP/1.1 502 ") && bytes.ends_with(b"\r\n\r\nbad")
            }),
        ),
    ];
    for (fault, is_expected) in cases {
        let name = format!("{fault:?}");
        control.set_fault_once("/info", fault);
        let bytes = raw(stand_in.address(), &asked).await;
        assert!(
            is_expected(&bytes),
            "{name}: {}",
            String::from_utf8_lossy(&bytes)
        );
        assert_eq!(
            raw(stand_in.address(), &asked).await.len(),
            whole.len(),
            "after {name}"
        );
    }
}

#[tokio::test]
async fn a_fault_of_a_body_is_for_the_one_request_that_has_it() {
    let stand_in = start();
    let control = stand_in.control();
    control.set_fault_of_body("second", Fault::CloseBeforeHead);
    control.set_fault_of_body("third", Fault::CloseBeforeHead);
    control.clear_fault_of_body("third");
    for (query, is_answered) in [
        ("first", true),
        ("second", false),
        ("second", true),
        ("third", true),
    ] {
        let body = format!(r#"{{"query":"{query}","inputs":{{}},"user":"alice"}}"#);
        let asked = request(AppKind::Chatflow, "POST", "/chat-messages", &body);
        let answer = raw(stand_in.address(), &asked).await;
        assert_eq!(!answer.is_empty(), is_answered, "{query}");
    }
}

#[tokio::test]
async fn a_cut_answer_still_promises_its_whole_length() {
    let stand_in = start();
    stand_in
        .control()
        .set_fault_once("/info", Fault::CutBody(5));
    let (_, head, body) = ask(&stand_in, AppKind::Chat, "GET", "/info", "").await;
    let length = head
        .lines()
        .find_map(|line| line.strip_prefix("content-length: "))
        .unwrap();
    assert_eq!(
        (length.parse::<usize>().unwrap() > 5, body.len()),
        (true, 5)
    );
}

#[tokio::test]
async fn a_delayed_answer_comes_later() {
    let stand_in = start();
    let delay = Duration::from_millis(300);
    stand_in.control().set_fault("/in*", Fault::Delay(delay));
    for (path, is_late) in [("/info", true), ("/meta", false), ("/info", true)] {
        let begun = Instant::now();
        ask(&stand_in, AppKind::Chat, "GET", path, "").await;
        assert_eq!(begun.elapsed() >= delay, is_late, "{path}");
    }
    stand_in.control().clear_faults();
    let begun = Instant::now();
    ask(&stand_in, AppKind::Chat, "GET", "/info", "").await;
    assert!(begun.elapsed() < delay);
}

#[tokio::test]
async fn an_answer_without_end_brings_its_body_and_stays_open() {
    let stand_in = start();
    stand_in.control().set_fault("/info", Fault::NeverEnd);
    let mut stream = TcpStream::connect(stand_in.address()).await.unwrap();
    stream
        .write_all(&request(AppKind::Chat, "GET", "/info", ""))
        .await
        .unwrap();
    let mut answer = Vec::new();
    let read =
        tokio::time::timeout(Duration::from_millis(500), stream.read_to_end(&mut answer)).await;
    assert!(read.is_err(), "the answer ended");
    assert!(String::from_utf8(answer).unwrap().contains("oidc-chat"));
}
