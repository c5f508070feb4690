//! What Dify tells of a run, event by event (`api/core/app/entities/task_entities.py`). Of each event only what a result
//! is made of is kept; the rest is not even built.

use std::fmt;
use std::marker::PhantomData;

use serde::de::{Deserializer, IgnoredAny, MapAccess, SeqAccess, Visitor};
use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::text::cut;
use crate::limits;

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

/// A file, by its address.
#[derive(Clone, Debug, Default, Eq, PartialEq, Serialize)]
pub(super) struct File {
    pub(super) name: String,
    pub(super) url: String,
    pub(super) mime_type: String,
}

/// A piece of knowledge that the answer was made with.
#[derive(Clone, Debug, Serialize)]
pub(super) struct Citation {
    title: String,
    dataset: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    score: Option<f64>,
    content: String,
}

impl Citation {
    /// A line for people and models.
    pub(super) fn line(&self) -> String {
        match self.score {
            Some(score) => format!("{} ({}), score {score:.2}", self.title, self.dataset),
            None => format!("{} ({})", self.title, self.dataset),
        }
    }
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
    let wire = WireFile {
        url: body.url,
        r#type: body.r#type,
        ..WireFile::default()
    };
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
        retriever_resources: First<Source, { limits::MCP_SOURCES }>,
    }
    let body: Body<'_> = serde_json::from_slice(data).ok()?;
    let metadata: Metadata = part(body.metadata).unwrap_or_default();
    let sources = metadata.retriever_resources.0.into_iter();
    Some(MessageEnd {
        citations: sources.map(Source::citation).collect(),
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

fn files(written: Option<&RawValue>) -> Vec<File> {
    let files: First<WireFile, { limits::MCP_FILES }> = part(written).unwrap_or_default();
    files.0.into_iter().filter_map(WireFile::file).collect()
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

/// A part of an event that may have another form than is known of it.
fn part<'a, T: Deserialize<'a>>(written: Option<&'a RawValue>) -> Option<T> {
    serde_json::from_str(written?.get()).ok()
}

/// `RetrievalSourceMetadata`.
#[derive(Default, Deserialize)]
#[serde(default)]
struct Source {
    document_name: Lenient,
    dataset_name: Lenient,
    score: Option<f64>,
    content: Lenient,
}

impl Source {
    fn citation(self) -> Citation {
        let text = |written: Lenient, characters: usize| {
            cut(&written.0.unwrap_or_default(), characters).to_owned()
        };
        Citation {
            title: text(self.document_name, limits::MCP_STEP),
            dataset: text(self.dataset_name, limits::MCP_STEP),
            score: self.score,
            content: text(self.content, limits::MCP_EXCERPT),
        }
    }
}

/// `File.to_dict`, and what stands in older answers.
#[derive(Default, Deserialize)]
#[serde(default)]
struct WireFile {
    filename: Lenient,
    mime_type: Lenient,
    remote_url: Lenient,
    r#type: Lenient,
    url: Lenient,
}

impl WireFile {
    /// An address of more than the limit was not made by Dify.
    fn file(self) -> Option<File> {
        let is_address = |url: &String| {
            url.len() <= limits::MCP_FILE_URL
                && (url.starts_with("https://") || url.starts_with("http://"))
        };
        let url = self.url.0.filter(is_address);
        let url = url.or_else(|| self.remote_url.0.filter(is_address))?;
        let kind = self.r#type.0.unwrap_or_else(|| "file".to_owned());
        Some(File {
            name: cut(&self.filename.0.unwrap_or(kind), limits::MCP_STEP).to_owned(),
            url,
            mime_type: cut(&self.mime_type.0.unwrap_or_default(), limits::MCP_STEP).to_owned(),
        })
    }
}

/// A string; whatever else stands there counts as nothing.
#[derive(Clone, Debug, Default)]
pub(super) struct Lenient(pub(super) Option<String>);

impl<'de> Deserialize<'de> for Lenient {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(LenientVisitor)
    }
}

struct LenientVisitor;

impl<'de> Visitor<'de> for LenientVisitor {
    type Value = Lenient;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("any value")
    }

    fn visit_str<E>(self, text: &str) -> Result<Lenient, E> {
        Ok(Lenient(Some(text.to_owned())))
    }

    fn visit_unit<E>(self) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_bool<E>(self, _: bool) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_i64<E>(self, _: i64) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_u64<E>(self, _: u64) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_f64<E>(self, _: f64) -> Result<Lenient, E> {
        Ok(Lenient(None))
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Lenient, A::Error> {
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Lenient, A::Error> {
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {}
        Ok(Lenient(None))
    }
}

/// The first elements of a list. The others are not built: a list of a million costs no more than one of twenty.
struct First<T, const MOST: usize>(Vec<T>);

impl<T, const MOST: usize> Default for First<T, MOST> {
    fn default() -> Self {
        Self(Vec::new())
    }
}

impl<'de, T: Deserialize<'de>, const MOST: usize> Deserialize<'de> for First<T, MOST> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_seq(FirstVisitor(PhantomData))
    }
}

struct FirstVisitor<T, const MOST: usize>(PhantomData<T>);

impl<'de, T: Deserialize<'de>, const MOST: usize> Visitor<'de> for FirstVisitor<T, MOST> {
    type Value = First<T, MOST>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a list")
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut elements: A) -> Result<Self::Value, A::Error> {
        let mut first = Vec::new();
        while first.len() < MOST {
            match elements.next_element_seed(PhantomData::<T>)? {
                Some(element) => first.push(element),
                None => return Ok(First(first)),
            }
        }
        while elements.next_element::<IgnoredAny>()?.is_some() {}
        Ok(First(first))
    }
}

/// The only member of an object, if it has one alone and that is a string.
pub(super) fn sole_text(object: &RawValue) -> Option<String> {
    let mut deserializer = serde_json::Deserializer::from_str(object.get());
    deserializer.deserialize_map(SoleText).ok()?
}

struct SoleText;

impl<'de> Visitor<'de> for SoleText {
    type Value = Option<String>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut entries: A) -> Result<Self::Value, A::Error> {
        let first = entries.next_entry::<IgnoredAny, Lenient>()?;
        let mut text = first.and_then(|(_, value)| value.0);
        while entries.next_entry::<IgnoredAny, IgnoredAny>()?.is_some() {
            text = None;
        }
        Ok(text)
    }
}

/// The member `answer` of the outputs of a chat's run.
pub(super) fn answer_of(outputs: &RawValue) -> Option<String> {
    #[derive(Deserialize)]
    struct Outputs {
        answer: String,
    }
    part(Some(outputs)).map(|outputs: Outputs| outputs.answer)
}
