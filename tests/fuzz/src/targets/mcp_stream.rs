//! Dify's stream, as the call of an MCP client reads it.

use gateway_domain::mcp::{CallPlan, Ended, EventStream, Form, Mode, Reply, ToolCall};
use gateway_domain::time::UnixTime;
use serde_json::Value;

const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);

/// The events are the same however the stream is cut, and a call has exactly one result, which is JSON.
pub(crate) fn check(input: &[u8]) {
    let whole = events(&[input]);
    let (before, after) = input.split_at(input.len() / 2);
    assert_eq!(events(&[before, after]), whole);
    let single: Vec<&[u8]> = input.chunks(1).collect();
    assert_eq!(events(&single), whole);

    for mode in [Mode::Chat, Mode::AdvancedChat, Mode::Workflow] {
        for form in [Form::Json, Form::Events] {
            for how in [Ended::Broken, Ended::Timeout] {
                let written = called(mode, form, &[before, after], how);
                assert_eq!(results(form, &written), 1, "a call has one result");
            }
        }
    }
}

/// What a client gets of a call.
fn called(mode: Mode, form: Form, pieces: &[&[u8]], how: Ended) -> Vec<u8> {
    let reply = Reply {
        form,
        ..Reply::default()
    };
    let plan = CallPlan {
        reply,
        mode,
        ..CallPlan::default()
    };
    let mut call = ToolCall::new(plan, NOW);
    let mut written = Vec::new();
    for piece in pieces {
        let more = call.piece(piece, NOW);
        written.extend(more.bytes);
        if !more.wants_more {
            break;
        }
    }
    written.extend(call.end(how));
    written
}

fn results(form: Form, written: &[u8]) -> usize {
    let text = std::str::from_utf8(written).expect("UTF-8");
    let documents: Vec<&str> = match form {
        Form::Json => vec![text],
        // A line end inside would begin another field of the event.
        Form::Events => text
            .split("\n\n")
            .filter_map(|event| event.strip_prefix("event: message\ndata: "))
            .inspect(|json| assert!(!json.contains(['\n', '\r'])))
            .collect(),
    };
    let documents = documents
        .iter()
        .map(|json| serde_json::from_str(json).expect("JSON"));
    documents
        .filter(|message: &Value| message["result"]["content"].is_array())
        .count()
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
