use std::pin::pin;
use std::task::Poll;
use std::time::Duration;

use proptest::prelude::*;

use super::*;
use crate::environment::fake::{FakeEnvironment, poll_once};

const USER: &str = "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nalice\r\n";
const UNCLEAR: &str = "The multipart body has a boundary that is not alone on its line. Send CRLF or LF before and after each boundary.";
const UNCLEAR_HEAD: &str = "The head of a multipart part can be read in more than one way. Each part needs one \
                            `Content-Disposition: form-data; name=\"…\"` on a line of its own, without escapes in the name.";
const OPEN: &str = "The multipart body does not end with its boundary and `--`.";
const NO_HEAD: &str =
    "A part of the multipart body has no blank line within 16384 bytes, so its head does not end.";
const TOO_MANY: &str =
    "The multipart body has more than 999 parts. Dify takes 1000, and the gateway adds `user`.";
const FILE: &str = "--b\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.txt\"\r\nContent-Type: text/plain\r\n\r\nx\r\n";

/// Heads that werkzeug 3.1 reads as a part called `user`.
const USER_HEADS: &[&str] = &[
    "Content-Disposition: form-data; name=\"user\"",
    "Content-Disposition: form-data; name=user",
    "content-DISPOSITION:form-data;NAME=user",
    "Content-Disposition: \tform-data ;  name=user ; ",
    "Content-Disposition: Form-Data; filename=\"u.txt\"; name=\"user\"",
    "Content-Disposition: form-data; filename=\"a\\\"; name=x.txt\"; name=\"user\"",
    "Content-Disposition: form-data; name*=utf-8''user",
    "Content-Disposition: form-data; name*=UTF-8'en'%75s%65r",
    "Content-Disposition: form-data; name*=iso-8859-1''user; filename*=utf-8''x",
    "Content-Type: text/plain; charset=utf-8\r\nContent-Disposition: form-data; name=\"user\"\r\nX-A: b",
];

/// Heads of parts with another name.
const OTHER_HEADS: &[&str] = &[
    "Content-Disposition: form-data; name=\"User\"",
    "Content-Disposition: form-data; name=\" user\"",
    "Content-Disposition: form-data; name=\"user[]\"",
    "Content-Disposition: form-data; name=us%65r",
    "Content-Disposition: form-data; name=\"\"",
    "Content-Disposition: form-data; name*=utf-8''users",
    "Content-Disposition: form-data; name=\"file\"; filename=\"name=user; x\"",
    "Content-Disposition: form-data; name=\"file\"; filename=\"C:\\path\\a.txt\"\r\nContent-Type: text/plain",
    "Content-Disposition: form-data; name=\"file\"; filename=\"приме\u{301}р.txt\"; filename*=utf-8''%D0%BF",
    "Content-Disposition: form-data; name=\"file\"; filename=\"name=\\\"user\\\"\"",
];

/// Heads that two parsers, or two versions of one parser, can read differently.
const UNCLEAR_HEADS: &[&str] = &[
    "Content-Disposition: form-data",
    "Content-Disposition: form-data; filename=\"a\"",
    "Content-Disposition: attachment; name=\"user\"",
    "Content-Disposition: name=\"user\"",
    "Content-Disposition: form-data; name=\"us\\er\"",
    "Content-Disposition: form-data; name=\"a%22b\"",
    "Content-Disposition: form-data; name=user@x",
    "Content-Disposition: form-data; name=userü",
    "Content-Disposition: form-data; name=\"x\"; name=\"user\"",
    "Content-Disposition: form-data; name=\"user\"; name*=utf-8''x",
    "Content-Disposition: form-data; name*0=us; name*1=er",
    "Content-Disposition: form-data; name*=user",
    "Content-Disposition: form-data; name*=''user",
    "Content-Disposition: form-data; name*=utf-16''user",
    "Content-Disposition: form-data; name*=\"utf-8''user\"",
    "Content-Disposition: form-data; name=\"x\"junk; name=user",
    "Content-Disposition: form-data; name =x; name=user",
    "Content-Disposition: form-data; name= user",
    "Content-Disposition: form-data; name=\"user",
    "Content-Disposition: form-data; name=\"x\\\"",
    "Content-Disposition: form-data;; name=\"user\"",
    "Content-Disposition: form-data; name='user';x",
    "Content-Disposition : form-data; name=\"user\"",
    "Content-Disposition: form-data; name=\"x\"\r\nContent-Disposition: form-data; name=\"user\"",
    "Content-Disposition: form-data;\r\n name=\"user\"",
    "Content-Disposition: form-data; name=\"x\"\nContent-Disposition: form-data; name=\"user\"",
    "Content-Disposition: form-data; name=\"x\"\rX: y",
    "Content-Disposition: form-data; name=\"x\0\"",
    "Content-Type: text/plain",
    "no colon\r\nContent-Disposition: form-data; name=\"x\"",
];

#[test]
fn a_part_called_user_is_removed_however_its_head_says_so() {
    for head in USER_HEADS {
        let sent = format!("{FILE}--b\r\n{head}\r\n\r\nbob\r\n{FILE}--b--\r\n");
        assert_eq!(
            dify_gets(&sent),
            Ok(format!("{USER}{FILE}{FILE}--b--\r\n")),
            "{head:?}"
        );
    }
}

#[test]
fn a_part_with_another_name_stays_as_it_is() {
    for head in OTHER_HEADS {
        let part = format!(
            "--b\r\n{head}\r\n\r\n--user\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nx\r\n"
        );
        assert_eq!(
            dify_gets(&format!("{part}--b--")),
            Ok(format!("{USER}{part}--b--\r\n")),
            "{head:?}"
        );
    }
}

#[test]
fn a_head_that_is_not_clear_is_refused() {
    for head in UNCLEAR_HEADS {
        let sent = format!("{FILE}--b\r\n{head}\r\n\r\nbob\r\n--b--\r\n");
        assert_eq!(dify_gets(&sent), Err(bad(UNCLEAR_HEAD)), "{head:?}");
    }
}

#[test]
fn delimiters_are_those_that_werkzeug_takes() {
    let lf_user = "--b\nContent-Disposition: form-data; name=user\n\nbob\n";
    let lf_file = "--b\nContent-Disposition: form-data; name=f; filename=f\n\nx\r\ny\n";
    let cases = [
        ("--b--".to_owned(), Ok(String::new())),
        ("--b--\r\n".to_owned(), Ok(String::new())),
        (
            "preamble\r\n--b--\r\nepilogue\r\n--b\r\n".to_owned(),
            Ok(String::new()),
        ),
        (format!("\r\n{FILE}--b--"), Ok(FILE.to_owned())),
        (format!("{lf_file}{lf_user}--b--"), Ok(lf_file.to_owned())),
        (
            format!("{FILE}{lf_user}{FILE}--b--"),
            Ok(format!("{FILE}{FILE}")),
        ),
        (
            format!("{FILE}\n--b\nContent-Disposition: form-data; name=user\n\nbob\r\n--b--"),
            Ok(format!("{FILE}\n")),
        ),
        (
            format!("{FILE}x--b\r\n--bb\r\n--b-\r\n--b-x\r\n-b\r\n--b--"),
            Ok(format!("{FILE}x--b\r\n--bb\r\n--b-\r\n--b-x\r\n-b\r\n")),
        ),
        (format!("{FILE}{FILE}--b--"), Ok(format!("{FILE}{FILE}"))),
        (
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n--b--".to_owned(),
            Ok("--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n".to_owned()),
        ),
        (
            String::new(),
            Err("The multipart body does not contain the boundary that its content type names."),
        ),
        (
            "--c--".to_owned(),
            Err("The multipart body does not contain the boundary that its content type names."),
        ),
        ("x--b\r\n".to_owned(), Err(UNCLEAR)),
        ("--bb\r\n--b--".to_owned(), Err(UNCLEAR)),
        ("--b".to_owned(), Err(UNCLEAR)),
        ("--b-".to_owned(), Err(UNCLEAR)),
        (
            "--b \r\nContent-Disposition: form-data; name=a\r\n\r\n\r\n--b--".to_owned(),
            Err(UNCLEAR),
        ),
        (
            "--b\rContent-Disposition: form-data; name=a\r\r\r--b--".to_owned(),
            Err(UNCLEAR),
        ),
        ("--b\r\n\r\nx\r\n--b--".to_owned(), Err(NO_HEAD)),
        ("--b\r\n\r\n\r\nx\r\n--b--".to_owned(), Err(UNCLEAR_HEAD)),
        (
            "--b\r\nContent-Disposition: form-data; name=a\n\n--b--".to_owned(),
            Err(NO_HEAD),
        ),
        (
            "--b\r\nContent-Disposition: form-data; name=a\r\n\r\n--b--".to_owned(),
            Err(UNCLEAR),
        ),
        (format!("{FILE}--b\t\r\n--b--"), Err(UNCLEAR)),
        (format!("{FILE}--b\u{b}--b--"), Err(UNCLEAR)),
        (format!("{FILE}--b\rx\r\n--b--"), Err(UNCLEAR)),
        (FILE.to_owned(), Err(OPEN)),
        (format!("{FILE}--b"), Err(OPEN)),
        (format!("{FILE}--b-"), Err(OPEN)),
        (format!("{FILE}--b\r"), Err(OPEN)),
        (format!("{FILE}--b\r\n"), Err(NO_HEAD)),
    ];
    for (sent, expected) in cases {
        let expected = expected
            .map(|kept| format!("{USER}{kept}--b--\r\n"))
            .map_err(bad);
        assert_eq!(dify_gets(&sent), expected, "{sent:?}");
    }
}

#[test]
fn a_boundary_that_would_end_the_callers_own_part_is_refused() {
    let boundary = Boundary::new("b").unwrap();
    let refusal = bad(
        "The multipart boundary occurs in the caller's `user`. Send another boundary, made at random.",
    );

    assert_eq!(gets(b"--b--", &boundary, "--b--"), Err(refusal));
}

#[test]
fn the_part_that_the_gateway_adds_counts_among_the_parts_that_dify_takes() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    let user = "--b\r\nContent-Disposition: form-data; name=\"user\"\r\n\r\nbob\r\n";
    let cases = [
        (999, 1, Ok(999)),
        (1000, 0, Err(bad(TOO_MANY))),
        (999, 2, Err(bad(TOO_MANY))),
        (0, 1000, Ok(0)),
        (0, 1001, Err(bad(TOO_MANY))),
    ];
    for (others, users, kept) in cases {
        let sent = format!("{}{}--b--\r\n", part.repeat(others), user.repeat(users));
        let expected = kept.map(|kept| format!("{USER}{}--b--\r\n", part.repeat(kept)));
        assert_eq!(dify_gets(&sent), expected, "{others} and {users} of `user`");
    }
}

#[test]
fn heads_and_parts_have_limits() {
    let part = "--b\r\nContent-Disposition: form-data; name=\"a\"\r\n\r\n\r\n";
    let padded = |size: usize| {
        format!(
            "--b\r\nContent-Disposition: form-data; name=\"a\"\r\nX:{}\r\n\r\n\r\n",
            "x".repeat(size)
        )
    };
    let cases = [
        (part.repeat(999), None),
        (part.repeat(1000), Some(TOO_MANY)),
        (part.repeat(100_000), Some(TOO_MANY)),
        (padded(16_000), None),
        (padded(16_384), Some(NO_HEAD)),
    ];
    for (parts, refused) in cases {
        let expected = refused.map_or_else(
            || Ok(format!("{USER}{parts}--b--\r\n")),
            |message| Err(bad(message)),
        );
        assert_eq!(dify_gets(&format!("{parts}--b--\r\n")), expected);
    }
}

#[test]
fn the_bytes_of_a_file_stay_with_the_client() {
    let length = 9 * 1024 * 1024;
    let mut sent = FILE.as_bytes().to_vec();
    sent.extend((0..length).map(|index: u32| index.to_le_bytes()[(index % 3) as usize]));
    sent.extend(b"\r\n--b\r\nContent-Disposition: form-data; name=user\r\n\r\nbob\r\n--b--\r\n");
    let kept = FILE.len() + length as usize + 2;
    let pieces = gets(&sent, &Boundary::new("b").unwrap(), "alice").unwrap();

    assert_eq!(
        pieces,
        [
            Piece::Own(USER.as_bytes().to_vec()),
            Piece::Client {
                offset: 0,
                length: kept
            },
            Piece::Own(b"--b--\r\n".to_vec()),
        ]
    );
}

#[test]
fn others_have_turns_while_a_long_body_is_read() {
    let sent = format!("{FILE}{}--b--", "\r\n--bb".repeat(1024 * 1024));
    let environment = FakeEnvironment::new();
    let boundary = Boundary::new("b").unwrap();
    let body = sent.as_bytes();
    let mut rewriting = pin!(multipart(&body, &boundary, "alice", &*environment));
    let mut turns = 0;
    while poll_once(rewriting.as_mut()).is_pending() {
        turns += 1;
        environment.advance(Duration::from_millis(1));
    }

    assert_eq!(turns, 24, "one after every 256 KiB of 6 MiB");
}

#[test]
fn a_delimiter_is_found_wherever_a_window_ends() {
    let head = "--b\r\nContent-Disposition: form-data; name=\"f\"; filename=\"f\"\r\n\r\n";
    for shift in 0..12 {
        let file = format!(
            "{head}{}\r\n",
            "\r\n--".repeat((64 * 1024 - head.len() - shift) / 4) + &"x".repeat(shift % 4)
        );
        let sent = format!(
            "{file}--b\r\nContent-Disposition: form-data; name=user\r\n\r\nbob\r\n--b--\r\n"
        );

        assert_eq!(
            dify_gets(&sent),
            Ok(format!("{USER}{file}--b--\r\n")),
            "{shift}"
        );
    }
}

proptest! {
    #[test]
    fn no_body_makes_it_panic(sent in "(--b|\r\n|\n|\r|-|Content-Disposition: form-data; name=|user|\"|;|\\PC){0,60}") {
        let _ = dify_gets(&sent);
    }
}

fn dify_gets(sent: &str) -> Result<String, Refusal> {
    let pieces = gets(sent.as_bytes(), &Boundary::new("b").unwrap(), "alice")?;
    let bytes: Vec<u8> = pieces
        .iter()
        .flat_map(|piece| match piece {
            Piece::Own(bytes) => bytes.as_slice(),
            Piece::Client { offset, length } => &sent.as_bytes()[*offset..offset + length],
        })
        .copied()
        .collect();
    Ok(String::from_utf8(bytes).unwrap())
}

fn gets(sent: &[u8], boundary: &Boundary, user: &str) -> Result<Vec<Piece>, Refusal> {
    let environment = FakeEnvironment::new();
    let mut rewriting = pin!(multipart(&sent, boundary, user, &*environment));
    loop {
        if let Poll::Ready(rewritten) = poll_once(rewriting.as_mut()) {
            return rewritten;
        }
        environment.advance(Duration::from_millis(1));
    }
}
