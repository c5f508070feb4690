//! The result of a call (MCP, Tools, «Tool Result»).

use serde::Serialize;
use serde_json::value::RawValue;

use super::attachment::{Citation, File};
use super::reply::Reply;
use super::version::Era;
use crate::error::Refusal;
use crate::limits;
use crate::text::cut;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
struct CallResult<'a> {
    #[serde(skip_serializing_if = "Option::is_none")]
    result_type: Option<&'static str>,
    content: Vec<Content<'a>>,
    #[serde(skip_serializing_if = "Option::is_none")]
    structured_content: Option<&'a Structured<'a>>,
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    is_error: bool,
}

#[derive(Serialize)]
#[serde(tag = "type", rename_all = "snake_case")]
enum Content<'a> {
    Text {
        text: &'a str,
    },
    ResourceLink {
        uri: &'a str,
        name: &'a str,
        #[serde(rename = "mimeType", skip_serializing_if = "str::is_empty")]
        mime_type: &'a str,
    },
}

/// What a program reads of a result; `output_schema` in `tools.rs` describes it.
#[derive(Default, Serialize)]
pub(super) struct Structured<'a> {
    pub(super) status: &'static str,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) answer: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) outputs: Option<&'a RawValue>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) conversation_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) message_id: Option<&'a str>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub(super) workflow_run_id: Option<&'a str>,
    #[serde(skip_serializing_if = "<[Citation]>::is_empty")]
    pub(super) citations: &'a [Citation],
    #[serde(skip_serializing_if = "<[File]>::is_empty")]
    pub(super) files: &'a [File],
}

/// A good result: texts for the model, links to the files, and the same for a program.
pub(super) fn good_call(reply: &Reply, texts: &[&str], structured: &Structured<'_>) -> Vec<u8> {
    let texts = texts.iter().filter(|text| !text.is_empty());
    let texts = texts.map(|text| Content::Text { text });
    let links = structured.files.iter().map(|file| Content::ResourceLink {
        uri: &file.url,
        name: &file.name,
        mime_type: &file.mime_type,
    });
    reply.result(&CallResult {
        result_type: result_type(reply.era),
        content: texts.chain(links).collect(),
        structured_content: Some(structured),
        is_error: false,
    })
}

/// A result that says why there is none, for the model to act on. `code` is one of Dify's or of the gateway's.
pub fn failed_call(reply: &Reply, message: &str, code: Option<&str>) -> Vec<u8> {
    let message = cut(message.trim(), limits::MCP_EXCERPT);
    let text = match code.map(|code| cut(code, limits::QUOTED_NAME)) {
        Some(code) if message.is_empty() => format!("The app has failed ({code})."),
        Some(code) => format!("{message} ({code})"),
        None => message.to_owned(),
    };
    reply.result(&CallResult {
        result_type: result_type(reply.era),
        content: vec![Content::Text { text: &text }],
        structured_content: None,
        is_error: true,
    })
}

/// The same for a refusal of the gateway.
pub fn of_refusal(reply: &Reply, refusal: &Refusal) -> Vec<u8> {
    failed_call(reply, refusal.message(), Some(refusal.code().as_str()))
}

fn result_type(era: Era) -> Option<&'static str> {
    (era == Era::Modern).then_some("complete")
}
