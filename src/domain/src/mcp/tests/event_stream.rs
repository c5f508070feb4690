use super::super::EventStream;
use crate::limits;

/// The events in `pieces`, as name and data.
fn read(pieces: &[&[u8]]) -> Vec<(String, String)> {
    let mut stream = EventStream::default();
    let mut events = Vec::new();
    for piece in pieces {
        stream.push(piece, |event| {
            let text = |bytes: &[u8]| String::from_utf8_lossy(bytes).into_owned();
            events.push((text(event.name), text(event.data)));
            true
        });
    }
    events
}

#[test]
fn an_event_is_the_same_in_whatever_pieces_and_with_whatever_line_ends_it_comes() {
    let expected = [("", "{\"a\":\n1}"), ("ping", ""), ("x", "ü")]
        .map(|(name, data)| (name.to_owned(), data.to_owned()));
    for end in ["\n", "\r\n", "\r"] {
        let text = [
            ": a comment",
            "id: 5",
            "data: {\"a\":",
            "data:1}",
            "",
            "event: ping",
            "",
            "",
            "event: x",
            "data: ü",
            "",
            "data: cut",
        ]
        .join(end);
        let bytes = text.as_bytes();
        assert_eq!(read(&[bytes]), expected, "{end:?} whole");
        let single: Vec<&[u8]> = bytes.chunks(1).collect();
        assert_eq!(read(&single), expected, "{end:?} byte by byte");
        for at in 0..bytes.len() {
            let (before, after) = bytes.split_at(at);
            assert_eq!(read(&[before, after]), expected, "{end:?} cut at {at}");
        }
    }
}

#[test]
fn an_event_beyond_the_limit_is_held_no_further_than_that_and_is_marked() {
    let mut stream = EventStream::default();
    let mut seen = Vec::new();
    let large = "x".repeat(limits::MCP_EVENT / 4);
    stream.push(b"data: ", |_| true);
    for _ in 0..20 {
        stream.push(large.as_bytes(), |_| true);
        assert!(stream.bytes() <= 2 * limits::MCP_EVENT + 64);
    }
    stream.push(b"\n\ndata: next\n\n", |event| {
        seen.push((event.data.len(), event.is_cut));
        true
    });
    assert_eq!(
        seen,
        [(limits::MCP_EVENT - "data: ".len(), true), (4, false)]
    );
}

#[test]
fn nothing_is_read_after_the_event_that_was_the_last_wanted() {
    let mut stream = EventStream::default();
    let mut count = 0;
    stream.push(b"data: 1\n\ndata: 2\n\n", |_| {
        count += 1;
        false
    });
    assert_eq!(count, 1);
}
