//! What the app declares in `GET /parameters`, and whether a claim fits it.

use std::fmt;

use serde::Deserialize;
use serde_json::{Map, Number, Value};

use super::{RawJson, WITHHELD_PREFIX};

/// The inputs of an app that only claims can fill.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct DeclaredInputs(Vec<DeclaredInput>);

/// The response to `GET /parameters` does not have Dify's form.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the response to GET /parameters has no list `user_input_form`")]
pub struct InvalidParameters;

/// One declared input whose name begins with `__oidc_`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) struct DeclaredInput {
    name: String,
    kind: Kind,
    is_required: bool,
}

/// What Dify accepts as an input (`api/core/app/apps/base_app_generator.py`, `_validate_inputs`).
#[derive(Clone, Debug, Eq, PartialEq)]
enum Kind {
    /// A boolean.
    Checkbox,
    /// One file or several. A claim is never a file.
    File,
    /// An object.
    Object,
    /// A number.
    Number,
    /// A type that this gateway does not know.
    Other,
    /// One of these strings.
    Select(Vec<String>),
    /// A string of at most so many characters.
    Text { max_length: Option<usize> },
}

/// Why a claim cannot fill an input.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum Unfit {
    /// The token does not have the claim.
    Missing,
    /// `input_claims` does not name a claim for the input.
    Unselected,
    /// The input takes a file.
    File,
    /// The claim has another JSON type, or is a string that cannot be converted.
    Type {
        found: &'static str,
        expected: &'static str,
    },
    /// The claim is too long.
    TooLong { length: usize, max_length: usize },
    /// The claim is not one of the options.
    NotAnOption,
}

#[derive(Deserialize)]
struct Parameters {
    user_input_form: Vec<Map<String, Value>>,
}

impl DeclaredInputs {
    /// Parses the body of a response to `GET /parameters`. Entries that Dify does not produce are skipped.
    pub fn parse(body: &[u8]) -> Result<Self, InvalidParameters> {
        let parameters: Parameters = serde_json::from_slice(body).map_err(|_| InvalidParameters)?;
        let entries = parameters.user_input_form.iter().flatten();
        Ok(Self(
            entries
                .filter_map(|(kind, entry)| DeclaredInput::parse(kind, entry))
                .collect(),
        ))
    }

    pub(super) fn inputs(&self) -> &[DeclaredInput] {
        &self.0
    }
}

impl DeclaredInput {
    fn parse(kind: &str, entry: &Value) -> Option<Self> {
        let name = entry
            .get("variable")?
            .as_str()?
            .strip_prefix(WITHHELD_PREFIX)?;
        let is_required = entry
            .get("required")
            .and_then(Value::as_bool)
            .unwrap_or_default();
        Some(Self {
            name: name.to_owned(),
            kind: Kind::parse(kind, entry),
            is_required,
        })
    }

    /// The name without its prefix.
    pub(super) fn name(&self) -> &str {
        &self.name
    }

    /// The whole name.
    pub(super) fn variable(&self) -> String {
        format!("{WITHHELD_PREFIX}{}", self.name)
    }

    /// Whether Dify refuses a request without it.
    pub(super) const fn is_required(&self) -> bool {
        self.is_required
    }

    /// `claim` in the form that Dify accepts for this input.
    pub(super) fn fit(&self, claim: &Value) -> Result<RawJson, Unfit> {
        match &self.kind {
            Kind::Checkbox => boolean(claim),
            Kind::File => Err(Unfit::File),
            Kind::Object if claim.is_object() => Ok(RawJson::of(claim)),
            Kind::Object => Err(wrong_type(claim, "an object")),
            Kind::Number => number(claim),
            Kind::Other => Ok(RawJson::of(claim)),
            Kind::Select(options) => option(claim, options),
            Kind::Text { max_length } => text(claim, *max_length),
        }
    }
}

impl Kind {
    fn parse(kind: &str, entry: &Value) -> Self {
        match kind {
            "text-input" | "paragraph" => Self::Text {
                max_length: max_length(entry),
            },
            "select" => Self::Select(options(entry)),
            "number" => Self::Number,
            "checkbox" => Self::Checkbox,
            "file" | "file-list" => Self::File,
            "json_object" => Self::Object,
            _ => Self::Other,
        }
    }
}

/// To Dify, zero means that there is no limit.
fn max_length(entry: &Value) -> Option<usize> {
    let length = entry.get("max_length")?.as_u64()?;
    usize::try_from(length).ok().filter(|length| *length > 0)
}

fn options(entry: &Value) -> Vec<String> {
    let options = entry
        .get("options")
        .and_then(Value::as_array)
        .into_iter()
        .flatten();
    options
        .filter_map(|option| option.as_str().map(str::to_owned))
        .collect()
}

/// Some providers send every claim as a string, such as `"true"` for `email_verified`.
fn boolean(claim: &Value) -> Result<RawJson, Unfit> {
    match claim {
        Value::Bool(_) => Ok(RawJson::of(claim)),
        Value::String(text) if text == "true" || text == "false" => {
            Ok(RawJson::of(&Value::Bool(text == "true")))
        }
        _ => Err(wrong_type(claim, "a boolean")),
    }
}

fn number(claim: &Value) -> Result<RawJson, Unfit> {
    let unfit = || wrong_type(claim, "a number");
    match claim {
        Value::Number(_) => Ok(RawJson::of(claim)),
        Value::String(text) => match serde_json::from_str::<Number>(text) {
            Ok(number) => Ok(RawJson::of(&Value::Number(number))),
            Err(_) => Err(unfit()),
        },
        _ => Err(unfit()),
    }
}

fn option(claim: &Value, options: &[String]) -> Result<RawJson, Unfit> {
    let text = plain_text(claim);
    if options.contains(&text) {
        Ok(RawJson::text(&text))
    } else {
        Err(Unfit::NotAnOption)
    }
}

fn text(claim: &Value, max_length: Option<usize>) -> Result<RawJson, Unfit> {
    let text = plain_text(claim);
    // Python counts code points.
    let length = text.chars().count();
    match max_length {
        Some(max_length) if length > max_length => Err(Unfit::TooLong { length, max_length }),
        _ => Ok(RawJson::text(&text)),
    }
}

/// A string as it is, everything else as its JSON text.
fn plain_text(claim: &Value) -> String {
    claim
        .as_str()
        .map_or_else(|| claim.to_string(), str::to_owned)
}

const fn wrong_type(claim: &Value, expected: &'static str) -> Unfit {
    let found = match claim {
        Value::Null => "null",
        Value::Bool(_) => "a boolean",
        Value::Number(_) => "a number",
        Value::String(_) => "a string",
        Value::Array(_) => "an array",
        Value::Object(_) => "an object",
    };
    Unfit::Type { found, expected }
}

impl fmt::Display for Unfit {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Missing => formatter.write_str("the token does not have it"),
            Self::Unselected => {
                formatter.write_str("the setting `input_claims` does not name a claim for it")
            }
            Self::File => formatter.write_str("it takes a file, and a claim is never a file"),
            Self::Type { found, expected } => write!(
                formatter,
                "the claim is {found}, the input takes {expected}"
            ),
            Self::TooLong { length, max_length } => {
                write!(
                    formatter,
                    "the claim has {length} characters, the input takes at most {max_length}"
                )
            }
            Self::NotAnOption => formatter.write_str("the claim is not one of the input's options"),
        }
    }
}
