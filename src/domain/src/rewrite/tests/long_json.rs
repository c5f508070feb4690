use std::cell::Cell;
use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use super::super::json::json;
use super::json::{CHAT, USER, text};
use super::now;
use crate::environment::fake::{FakeEnvironment, poll_once};
use crate::error::{Code, Refusal};
use crate::request::{Body, Piece};

#[test]
fn a_name_is_understood_wherever_a_window_ends() {
    let members = r#""us\u0065r":"bob","inputs":{"a":"é","__oidc_r":1,"b":2}}"#;
    for shift in 0..=members.len() {
        let padding = "x".repeat(64 * 1024 - r#"{"p":"","#.len() - shift);
        let sent = format!(r#"{{"p":"{padding}",{members}"#);
        let expected = format!(r#"{{"p":"{padding}","inputs":{{"a":"é","b":2}},"user":"alice"}}"#);
        assert!(text(&sent, &USER) == Ok(expected), "{shift}");
    }
}

#[test]
fn the_bytes_of_a_long_body_stay_with_the_client_and_others_have_turns() {
    let value = "é".repeat(4 * 1024 * 1024);
    let sent = Windows::of(format!(r#"{{"user":"bob","query":"{value}","user":1}}"#).into_bytes());
    let environment = FakeEnvironment::new();
    let mut turns = 0;
    let mut rewriting = pin!(json(&sent, &CHAT, &*environment));
    let rewritten = loop {
        match poll_once(rewriting.as_mut()) {
            Poll::Ready(rewritten) => break rewritten.unwrap(),
            Poll::Pending => turns += 1,
        }
        environment.advance(Duration::from_millis(1));
    };

    assert_eq!(
        rewritten.pieces,
        [
            Piece::Own(b"{".to_vec()),
            Piece::Client {
                offset: 14,
                length: r#""query":"""#.len() + value.len(),
            },
            Piece::Own(br#","inputs":{},"user":"alice"}"#.to_vec()),
        ]
    );
    assert_eq!(
        turns, 31,
        "a turn after every 256 KiB of 8 MiB, with the cut characters between the windows"
    );
    assert_eq!(sent.largest.get(), 64 * 1024, "the largest window");
}

#[test]
fn a_body_that_the_host_cannot_read_to_its_end_is_refused() {
    let sent = Windows {
        length: 1000,
        ..Windows::of(b"{\"a\":1,".to_vec())
    };
    let refused = now(json(&sent, &CHAT, &*FakeEnvironment::new()));
    let message = "The body is not a JSON object that can be relayed: expected a name in double quotes, but found the end \
                   at line 1 column 8.";

    assert_eq!(refused, Err(Refusal::new(Code::BadRequest, message)));
}

/// A body that notes how much of it is read at once.
struct Windows {
    bytes: Vec<u8>,
    length: usize,
    largest: Cell<usize>,
}

impl Windows {
    fn of(bytes: Vec<u8>) -> Self {
        Self {
            length: bytes.len(),
            bytes,
            largest: Cell::default(),
        }
    }
}

impl Body for Windows {
    fn len(&self) -> usize {
        self.length
    }

    fn read_at(&self, offset: usize, buffer: &mut [u8]) -> usize {
        self.largest.set(self.largest.get().max(buffer.len()));
        self.bytes.as_slice().read_at(offset, buffer)
    }
}
