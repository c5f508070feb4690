//! Dify's stream, as the call of an MCP client reads it.

use gateway_domain::mcp::{CallPlan, Ended, EventStream, ToolCall};
use gateway_domain::time::UnixTime;

const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);

/// The events are the same however the stream is cut, and a call has exactly one result.
pub(crate) fn check(input: &[u8]) {
    let whole = events(&[input]);
    let (before, after) = input.split_at(input.len() / 2);
    assert_eq!(events(&[before, after]), whole);
    let single: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(events(&single), whole);

    let mut call = ToolCall::new(CallPlan::default(), NOW);
    let mut results = usize::from(!call.piece(input, NOW).bytes.is_empty());
    results += usize::from(!call.end(Ended::Broken).is_empty());
    assert_eq!(results, 1, "a call in JSON has one document");
}

fn events(pieces: &[&[u8]]) -> Vec<(Vec<u8>, Vec<u8>)> {
    let mut stream = EventStream::default();
    let mut events = Vec::new();
    for piece in pieces {
        stream.push(piece, |event| {
            events.push((event.name.to_vec(), event.data.to_vec()));
            true
        });
    }
    events
}
