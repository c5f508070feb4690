//! An answer with everything in it that a page can show. A person who wants to see one asks for it with [`QUESTION`].

use bytes::Bytes;
use serde_json::{Value, json};

use crate::files;
use crate::kind::Mode;
use crate::runs::Run;
use crate::world::World;

/// The query, or the input `q` of an app that takes no query.
pub const QUESTION: &str = "Show everything";

/// Markdown with thoughts, a table, code and a formula.
pub(crate) const TEXT: &str = include_str!("showcase.md");

const CHART: &[u8] = include_bytes!("showcase.png");

/// Whether the person of this run wants to see everything.
pub(crate) fn wanted(run: &Run) -> bool {
    [["sys", "query"], ["start", "q"]]
        .into_iter()
        .any(|name| run.variable(name) == QUESTION)
}

/// The events before the text: an agent calls a tool, and every app makes a picture.
pub(crate) fn first_events(world: &World, run: &Run) -> Vec<Value> {
    let mut events = Vec::new();
    if run.mode() == Mode::AgentChat {
        events.push(call(run, ""));
        events.push(call(
            run,
            r#"{"sales": {"january": 120, "february": 155, "march": 98}}"#,
        ));
    }
    events.extend(picture(world, run));
    events
}

/// A call of a tool, which is told again when the tool has answered.
fn call(run: &Run, observation: &str) -> Value {
    let mut event = run.chunk("", ["", ""]);
    event["event"] = json!("agent_thought");
    event["id"] = json!(run.id);
    event["position"] = json!(1);
    event["thought"] = json!("I need the numbers of this year.");
    event["observation"] = json!(observation);
    event["tool"] = json!("sales");
    event["tool_input"] = json!(r#"{"sales": {"from": "january", "to": "march"}}"#);
    event["tool_labels"] = json!({ "sales": { "en_US": "Sales", "zh_Hans": "销售", "ja_JP": "売上", "pt_BR": "Vendas" } });
    event["message_files"] = json!([]);
    event
}

/// The chart becomes a file of the message, and is told as one.
fn picture(world: &World, run: &Run) -> Option<Value> {
    let chart = files::generated(
        run.user.id,
        "chart.png",
        "image/png",
        Bytes::from_static(CHART),
    );
    let (id, url) = (chart.id(), chart.signed_url(world));
    {
        let mut tables = world.tables();
        let message = run.chat.as_ref().map(|chat| chat.message)?;
        tables.messages.get_mut(&message)?.generated.push(id);
        tables.files.insert(id, chart);
    }
    let mut event = run.chunk("", ["", ""]);
    event["event"] = json!("message_file");
    event["id"] = json!(id);
    event["type"] = json!("image");
    event["belongs_to"] = json!("assistant");
    event["url"] = json!(url);
    Some(event)
}

/// What the answer is made from.
pub(crate) fn sources() -> Value {
    let source = |position: usize, document: &str, content: &str| {
        json!({
            "position": position, "dataset_id": "handbook", "dataset_name": "Handbook", "document_id": document,
            "document_name": document, "data_source_type": "upload_file", "segment_id": document,
            "retriever_from": "api", "score": 0.87, "content": content,
        })
    };
    json!([
        source(1, "Sales.xlsx", "January 120, February 155, March 98."),
        source(
            2,
            "Quality.pdf",
            "In March a batch with a fault was replaced."
        ),
    ])
}
