//! What Dify tells of a run, event by event (`api/core/app/entities/task_entities.py`). Of each event only what a result
//! is made of is kept; the rest is not even built.

use serde::Deserialize;
use serde_json::value::RawValue;

use super::attachment::{Citation, File, WireFile, WireSource, files};
use super::lenient::{First, Lenient, part};
use crate::limits;
use crate::text::cut;

/// An event.
#[derive(Debug)]
pub(super) enum DifyEvent {
    /// More of the answer.
    Answer(String),
    /// The whole answer so far, instead of what there was.
    AnswerReplaced(String),
    /// Why there is no answer.
    Error { code: String, message: String },
    /// A file that belongs to the answer.
    File(File),
    /// The run has ended.
    Finished(Box<Finished>),
    /// A person is asked.
    Form(String),
    /// The answer is complete.
    MessageEnd(Box<MessageEnd>),
    /// Nothing that a result needs.
    Other,
    /// The run waits for a person.
    Paused,
    /// Something has begun that progress can tell.
    Step(String),
}

/// What names the run, as far as an event says it.
#[derive(Debug, Default, Deserialize)]
#[serde(default)]
pub(super) struct Names {
    event: Lenient,
    pub(super) task_id: Lenient,
    pub(super) workflow_run_id: Lenient,
    pub(super) conversation_id: Lenient,
    pub(super) message_id: Lenient,
}

/// The end of an answer.
#[derive(Debug, Default)]
pub(super) struct MessageEnd {
    pub(super) citations: Vec<Citation>,
    pub(super) files: Vec<File>,
}

/// The end of a run.
#[derive(Debug, Default)]
pub(super) struct Finished {
    pub(super) status: String,
    pub(super) error: Option<String>,
    pub(super) outputs: Option<Box<RawValue>>,
    pub(super) files: Vec<File>,
}

/// Reads an event. `None` where it is none of Dify's.
pub(super) fn read(data: &[u8]) -> Option<(Names, DifyEvent)> {
    let names: Names = serde_json::from_slice(data).ok()?;
    let event = match names.event.0.as_deref()? {
        "agent_message" | "message" => DifyEvent::Answer(answer(data)?),
        "message_replace" => DifyEvent::AnswerReplaced(answer(data)?),
        "agent_thought" => tool_step(data),
        "error" => error(data)?,
        "human_input_required" => DifyEvent::Form(form(data)),
        "iteration_next" | "loop_next" | "node_started" => node_step(data),
        "message_end" => DifyEvent::MessageEnd(Box::new(message_end(data)?)),
        "message_file" => file_event(data),
        "workflow_finished" => DifyEvent::Finished(Box::new(finished(data)?)),
        "workflow_paused" => DifyEvent::Paused,
        _ => DifyEvent::Other,
    };
    Some((names, event))
}

/// The event `event: ping`, which has no data.
pub(super) fn is_ping(name: &[u8], data: &[u8]) -> bool {
    name == b"ping" && data.is_empty()
}

/// Whether the event that begins so is a part of an answer. Dify writes the name first
/// (`api/core/app/apps/base_app_generate_response_converter.py`).
pub(super) fn is_of_answer(beginning: &[u8]) -> bool {
    const NAMES: [&[u8]; 3] = [b"\"agent_message\"", b"\"message\"", b"\"message_replace\""];
    let beginning = beginning.get(..32).unwrap_or(beginning);
    let has = |name: &[u8]| beginning.windows(name.len()).any(|window| window == name);
    NAMES.into_iter().any(has)
}

fn answer(data: &[u8]) -> Option<String> {
    #[derive(Deserialize)]
    struct Body {
        answer: String,
    }
    serde_json::from_slice(data)
        .ok()
        .map(|body: Body| body.answer)
}

fn tool_step(data: &[u8]) -> DifyEvent {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        tool: Lenient,
    }
    let body: Body = serde_json::from_slice(data).unwrap_or_default();
    step(body.tool)
}

fn node_step(data: &[u8]) -> DifyEvent {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Node {
        title: Lenient,
    }
    step(inner::<Node>(data).unwrap_or_default().title)
}

fn step(name: Lenient) -> DifyEvent {
    match name.0.filter(|name| !name.trim().is_empty()) {
        Some(name) => DifyEvent::Step(cut(name.trim(), limits::MCP_STEP).to_owned()),
        None => DifyEvent::Other,
    }
}

fn error(data: &[u8]) -> Option<DifyEvent> {
    #[derive(Deserialize)]
    #[serde(default)]
    #[derive(Default)]
    struct Body {
        code: Lenient,
        message: Lenient,
    }
    let body: Body = serde_json::from_slice(data).ok()?;
    Some(DifyEvent::Error {
        code: body.code.0.unwrap_or_else(|| "unknown".to_owned()),
        message: body.message.0.unwrap_or_default(),
    })
}

fn form(data: &[u8]) -> String {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        form_content: Lenient,
        node_title: Lenient,
    }
    let body: Body = inner(data).unwrap_or_default();
    let text = body.form_content.0.filter(|text| !text.trim().is_empty());
    let text = text.or(body.node_title.0).unwrap_or_default();
    cut(text.trim(), limits::MCP_EXCERPT).to_owned()
}

fn file_event(data: &[u8]) -> DifyEvent {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body {
        belongs_to: Lenient,
        r#type: Lenient,
        url: Lenient,
    }
    let body: Body = serde_json::from_slice(data).unwrap_or_default();
    if body.belongs_to.0.as_deref() == Some("user") {
        return DifyEvent::Other;
    }
    let wire = WireFile::unnamed(body.url, body.r#type);
    wire.file().map_or(DifyEvent::Other, DifyEvent::File)
}

fn message_end(data: &[u8]) -> Option<MessageEnd> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body<'a> {
        #[serde(borrow)]
        metadata: Option<&'a RawValue>,
        #[serde(borrow)]
        files: Option<&'a RawValue>,
    }
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Metadata {
        retriever_resources: First<WireSource, { limits::MCP_SOURCES }>,
    }
    let body: Body<'_> = serde_json::from_slice(data).ok()?;
    let metadata: Metadata = part(body.metadata).unwrap_or_default();
    let sources = metadata.retriever_resources.0.into_iter();
    Some(MessageEnd {
        citations: sources.map(WireSource::citation).collect(),
        files: files(body.files),
    })
}

fn finished(data: &[u8]) -> Option<Finished> {
    #[derive(Default, Deserialize)]
    #[serde(default)]
    struct Body<'a> {
        status: Lenient,
        error: Lenient,
        #[serde(borrow)]
        outputs: Option<&'a RawValue>,
        #[serde(borrow)]
        files: Option<&'a RawValue>,
    }
    let body: Body<'_> = inner(data)?;
    let is_object = |outputs: &&RawValue| outputs.get().starts_with('{');
    Some(Finished {
        status: body.status.0?,
        error: body.error.0,
        outputs: body.outputs.filter(is_object).map(ToOwned::to_owned),
        files: files(body.files),
    })
}

/// The member `data` of an event.
fn inner<'a, T: Deserialize<'a>>(event: &'a [u8]) -> Option<T> {
    #[derive(Deserialize)]
    struct Outer<'a> {
        #[serde(borrow)]
        data: &'a RawValue,
    }
    let outer: Outer<'a> = serde_json::from_slice(event).ok()?;
    part(Some(outer.data))
}

/// The member `answer` of the outputs of a chat's run.
pub(super) fn answer_of(outputs: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Outputs {
        answer: String,
    }
    part(Some(outputs)).map(|outputs: Outputs| outputs.answer)
}
