//! What Dify says of the app in `/info` and `/parameters`, as far as its tool depends on it.

use serde::Deserialize;
use serde_json::{Map, Value};

use super::field::{Field, Form};
use super::file::FileRule;
use super::mode::Mode;
use super::name::tool_name;
use crate::limits;
use crate::text::cut;

/// The app behind the tool.
#[derive(Clone, Debug, PartialEq)]
pub struct App {
    pub(super) name: String,
    pub(super) description: Option<String>,
    pub(super) mode: Mode,
    pub(super) tool: String,
    pub(super) fields: Vec<Field>,
    /// Why there is no tool.
    pub(super) unusable: Option<String>,
}

/// Why nothing is known of the app.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum AppProblem {
    /// `/info` is not what Dify sends.
    #[error("what Dify says of the app in `/info` cannot be read")]
    Info,
    /// Dify before 1.3, or a kind of app that came later.
    #[error(
        "Dify does not say in `/info` that the app is of a kind that can be a tool; Dify 1.3 is the first to say it"
    )]
    Mode,
    /// `/parameters` is not what Dify sends.
    #[error("what Dify says of the app in `/parameters` cannot be read")]
    Parameters,
}

#[derive(Deserialize)]
struct Info {
    name: String,
    description: Option<String>,
    mode: Option<Value>,
}

#[derive(Deserialize)]
struct Parameters {
    #[serde(default)]
    user_input_form: Vec<Map<String, Value>>,
    #[serde(default)]
    file_upload: Value,
}

impl App {
    /// Reads the bodies of `/info` and `/parameters`.
    ///
    /// # Errors
    /// What cannot be read.
    pub fn read(info: &[u8], parameters: &[u8]) -> Result<Self, AppProblem> {
        let info: Info = serde_json::from_slice(info).map_err(|_| AppProblem::Info)?;
        let mode = info
            .mode
            .and_then(|mode| Mode::deserialize(mode).ok())
            .ok_or(AppProblem::Mode)?;
        let parameters: Parameters =
            serde_json::from_slice(parameters).map_err(|_| AppProblem::Parameters)?;
        let files = FileRule::of_chat(&parameters.file_upload).filter(|_| mode != Mode::Workflow);
        let form = Form::new(mode, files, &parameters.user_input_form);
        let description = info.description.filter(|text| !text.trim().is_empty());
        Ok(Self {
            tool: tool_name(&info.name, mode),
            name: cut(info.name.trim(), limits::QUOTED_VALUE)
                .trim_end()
                .to_owned(),
            description: description
                .map(|text| cut(text.trim(), limits::MCP_DESCRIPTION).to_owned()),
            mode,
            unusable: form.unusable,
            fields: form.fields,
        })
    }

    /// The app's mode.
    pub const fn mode(&self) -> Mode {
        self.mode
    }

    /// The app's name, as people know it.
    pub fn name(&self) -> &str {
        &self.name
    }
}
