//! What belongs to an answer beside its text: the sources that it was made with, and files.

use serde::{Deserialize, Serialize};
use serde_json::value::RawValue;

use super::lenient::{First, Lenient, part};
use crate::limits;
use crate::text::cut;

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

/// `RetrievalSourceMetadata`.
#[derive(Default, Deserialize)]
#[serde(default)]
pub(super) struct WireSource {
    document_name: Lenient,
    dataset_name: Lenient,
    score: Option<f64>,
    content: Lenient,
}

impl WireSource {
    pub(super) fn citation(self) -> Citation {
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
pub(super) struct WireFile {
    filename: Lenient,
    mime_type: Lenient,
    remote_url: Lenient,
    r#type: Lenient,
    url: Lenient,
}

impl WireFile {
    pub(super) fn unnamed(url: Lenient, r#type: Lenient) -> Self {
        Self {
            url,
            r#type,
            ..Self::default()
        }
    }

    /// An address of more than the limit was not made by Dify.
    pub(super) fn file(self) -> Option<File> {
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

/// The files of a list that can be fetched.
pub(super) fn files(written: Option<&RawValue>) -> Vec<File> {
    let files: First<WireFile, { limits::MCP_FILES }> = part(written).unwrap_or_default();
    files.0.into_iter().filter_map(WireFile::file).collect()
}
