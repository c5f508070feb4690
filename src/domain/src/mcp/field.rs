//! The table of what the tool takes. One row writes the schema and checks the argument.

use serde_json::{Map, Value};

use super::file::{FileRule, strings};
use super::mode::Mode;
use crate::uuid::is_uuid;

/// What only claims fill in.
const WITHHELD_PREFIX: &str = "__oidc_";

/// One property of the tool's arguments.
#[derive(Clone, Debug, PartialEq)]
pub(super) struct Field {
    pub(super) name: String,
    pub(super) place: Place,
    pub(super) is_required: bool,
    kind: Kind,
    title: Option<String>,
    description: Option<String>,
    default: Option<Value>,
}

/// Where the argument goes in the request to Dify.
#[derive(Clone, Debug, PartialEq)]
pub(super) enum Place {
    Conversation,
    Files,
    /// The input with this name.
    Input(String),
    Query,
}

#[derive(Clone, Debug, PartialEq)]
enum Kind {
    Boolean,
    Choice(Vec<String>),
    Conversation,
    File(FileRule),
    Files(FileRule),
    Number,
    Object(Map<String, Value>),
    /// A kind that this gateway does not know.
    Other,
    Text {
        longest: Option<usize>,
    },
}

/// The rows of an app.
#[derive(Debug, Default)]
pub(super) struct Form {
    pub(super) fields: Vec<Field>,
    /// Why no call could succeed.
    pub(super) unusable: Option<String>,
}

impl Form {
    pub(super) fn new(mode: Mode, files: Option<FileRule>, entries: &[Map<String, Value>]) -> Self {
        let mut form = Self::default();
        if mode.is_chat() {
            form.fields.extend([Field::query(), Field::conversation()]);
        }
        form.fields.extend(files.map(Field::files));
        let declared = entries.iter().flatten();
        for (kind, entry) in declared {
            form.add(kind, entry);
        }
        form
    }

    /// Entries that Dify does not produce are skipped, and so are those that nobody is asked for.
    fn add(&mut self, kind: &str, entry: &Value) {
        let Some(variable) = entry.get("variable").and_then(Value::as_str) else {
            return;
        };
        let is_hidden = entry.get("hide") == Some(&Value::Bool(true));
        if is_hidden || variable.starts_with(WITHHELD_PREFIX) || kind == "external_data_tool" {
            return;
        }
        let is_required = entry.get("required") == Some(&Value::Bool(true));
        let Some(kind) = Kind::parse(kind, entry) else {
            if is_required {
                self.unusable = Some(format!(
                    "The app needs the file `{variable}`, which people can only upload, and a tool can only give the \
                     address of a file. An administrator of the app can allow files by URL there."
                ));
            }
            return;
        };
        self.fields.push(Field {
            name: self.free_name(variable),
            place: Place::Input(variable.to_owned()),
            is_required,
            title: text(entry, "label"),
            description: text(entry, "description").or_else(|| text(entry, "hint")),
            default: kind.default(entry),
            kind,
        });
    }

    /// An input may have the name of what the tool has beside inputs, or the one that such an input got.
    fn free_name(&self, variable: &str) -> String {
        let mut name = variable.to_owned();
        while self.fields.iter().any(|field| field.name == name) {
            name.insert_str(0, "input_");
        }
        name
    }
}

impl Field {
    fn query() -> Self {
        Self {
            name: "query".to_owned(),
            place: Place::Query,
            is_required: true,
            kind: Kind::Text { longest: None },
            title: None,
            description: Some("The question or message for the app.".to_owned()),
            default: None,
        }
    }

    fn conversation() -> Self {
        Self {
            name: "conversation_id".to_owned(),
            place: Place::Conversation,
            is_required: false,
            kind: Kind::Conversation,
            title: None,
            description: Some(
                "The conversation_id of an earlier result, to continue that conversation. Leave it out to begin a new one."
                    .to_owned(),
            ),
            default: None,
        }
    }

    fn files(rule: FileRule) -> Self {
        Self {
            name: "files".to_owned(),
            place: Place::Files,
            is_required: false,
            kind: Kind::Files(rule),
            title: None,
            description: Some("Addresses of files for the app to read.".to_owned()),
            default: None,
        }
    }

    /// The property's schema (JSON Schema 2020-12).
    pub(super) fn schema(&self) -> Value {
        let mut schema = self.kind.schema(self.is_required);
        let mut add = |name: &str, value: Option<Value>| {
            if let Some(value) = value {
                schema.insert(name.to_owned(), value);
            }
        };
        add("title", self.title.clone().map(Value::from));
        add("description", self.description.clone().map(Value::from));
        add("default", self.default.clone());
        Value::Object(schema)
    }

    /// The argument in the form that Dify takes.
    ///
    /// # Errors
    /// What is wrong with it: the rest of a sentence that begins with the property's name.
    pub(super) fn check(&self, value: &Value) -> Result<Value, String> {
        self.kind.check(value, self.is_required)
    }
}

impl Kind {
    /// `None` for a file that cannot be given by address.
    fn parse(kind: &str, entry: &Value) -> Option<Self> {
        Some(match kind {
            "text-input" | "paragraph" => Self::Text {
                longest: longest(entry),
            },
            "select" => Self::Choice(strings(entry.get("options"))),
            "number" => Self::Number,
            "checkbox" => Self::Boolean,
            "file" => Self::File(FileRule::of_input(entry)?),
            "file-list" => Self::Files(FileRule::of_input(entry)?),
            "json_object" => Self::Object(object_schema(entry)),
            _ => Self::Other,
        })
    }

    /// The app's default, if it is a value that the input takes.
    fn default(&self, entry: &Value) -> Option<Value> {
        let default = entry.get("default")?;
        let is_scalar = !matches!(self, Self::File(_) | Self::Files(_) | Self::Other);
        let is_nothing = default.is_null() || default == "";
        (is_scalar && !is_nothing && self.check(default, false).is_ok()).then(|| default.clone())
    }

    fn schema(&self, is_required: bool) -> Map<String, Value> {
        let mut schema = Map::new();
        let mut set = |name: &str, value: Value| drop(schema.insert(name.to_owned(), value));
        match self {
            Self::Boolean => set("type", "boolean".into()),
            Self::Choice(options) => {
                set("type", "string".into());
                set("enum", options.clone().into());
            }
            Self::Conversation => {
                set("type", "string".into());
                set("format", "uuid".into());
            }
            Self::File(_) => return FileRule::schema(),
            Self::Files(rule) => {
                set("type", "array".into());
                set("items", Value::Object(FileRule::schema()));
                set("maxItems", rule.most.into());
            }
            Self::Number => set("type", "number".into()),
            Self::Object(written) => {
                schema.clone_from(written);
                schema.insert("type".to_owned(), "object".into());
            }
            Self::Other => {}
            Self::Text { longest } => {
                set("type", "string".into());
                if is_required {
                    set("minLength", 1.into());
                }
                if let Some(longest) = longest {
                    set("maxLength", (*longest).into());
                }
            }
        }
        schema
    }

    fn check(&self, value: &Value, is_required: bool) -> Result<Value, String> {
        let taken = |is_good: bool, expected: &str| {
            if is_good {
                Ok(value.clone())
            } else {
                Err(format!("must be {expected}"))
            }
        };
        match self {
            Self::Boolean => taken(value.is_boolean(), "true or false"),
            Self::Choice(options) => {
                let is_option = options.iter().any(|option| value == option.as_str());
                taken(is_option, &format!("one of: {}", options.join(", ")))
            }
            Self::Conversation => {
                let is_id = value.as_str().is_some_and(is_uuid);
                taken(is_id, "the conversation_id of an earlier result, a UUID")
            }
            Self::File(rule) => rule.file(value),
            Self::Files(rule) => files(rule, value),
            Self::Number => taken(value.is_number(), "a number"),
            Self::Object(_) => taken(value.is_object(), "an object"),
            Self::Other => Ok(value.clone()),
            Self::Text { longest } => text_of(value, *longest, is_required),
        }
    }
}

fn text_of(value: &Value, longest: Option<usize>, is_required: bool) -> Result<Value, String> {
    let text = value.as_str().ok_or("must be a string")?;
    // Python counts code points.
    let length = text.chars().count();
    match longest {
        _ if is_required && text.is_empty() => Err("must not be empty".to_owned()),
        Some(longest) if length > longest => Err(format!(
            "has {length} characters, and may have at most {longest}"
        )),
        _ => Ok(value.clone()),
    }
}

fn files(rule: &FileRule, value: &Value) -> Result<Value, String> {
    let addresses = value.as_array().ok_or("must be an array of addresses")?;
    if u64::try_from(addresses.len()).unwrap_or(u64::MAX) > rule.most {
        return Err(format!("may have at most {} files", rule.most));
    }
    addresses.iter().map(|address| rule.file(address)).collect()
}

/// To Dify, zero means that there is no limit.
fn longest(entry: &Value) -> Option<usize> {
    let length = entry.get("max_length")?.as_u64()?;
    usize::try_from(length).ok().filter(|length| *length > 0)
}

/// The schema that the app's author has written for an object, which Dify keeps as an object or as text.
fn object_schema(entry: &Value) -> Map<String, Value> {
    let written = match entry.get("json_schema") {
        Some(Value::String(text)) => serde_json::from_str(text).ok(),
        Some(Value::Object(schema)) => Some(schema.clone()),
        _ => None,
    };
    let is_of_object = |schema: &Map<String, Value>| schema.get("type") == Some(&"object".into());
    let mut schema = written.filter(is_of_object).unwrap_or_default();
    // It is a document of its own, and becomes a part of another one.
    schema.remove("$schema");
    if has_references(&schema) {
        schema.clear();
    }
    schema
}

/// Whether a name in it means something else where the schema is a part of another one, such as `$ref` or `$id`.
fn has_references(schema: &Map<String, Value>) -> bool {
    schema.iter().any(|(name, value)| {
        name.starts_with('$')
            || match value {
                Value::Object(inner) => has_references(inner),
                Value::Array(list) => list.iter().filter_map(Value::as_object).any(has_references),
                _ => false,
            }
    })
}

fn text(entry: &Value, name: &str) -> Option<String> {
    let text = entry.get(name)?.as_str()?.trim();
    (!text.is_empty()).then(|| text.to_owned())
}
