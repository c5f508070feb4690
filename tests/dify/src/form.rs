//! The input form of an app: what `GET /parameters` lists and a run accepts.

use serde_json::{Value, json};

use crate::kind::{AppKind, Mode};

/// One declared input of an app.
#[derive(Clone, Debug)]
pub struct Field {
    pub(crate) variable: String,
    pub(crate) kind: FieldKind,
    pub(crate) required: bool,
    pub(crate) max_length: usize,
}

#[derive(Clone, Debug)]
pub(crate) enum FieldKind {
    File,
    Number,
    Paragraph,
    Select(Vec<String>),
    Text,
}

impl Field {
    fn new(variable: &str, kind: FieldKind, max_length: usize) -> Self {
        Self {
            variable: variable.to_owned(),
            kind,
            required: false,
            max_length,
        }
    }

    /// A `text-input` of at most 256 characters.
    pub fn text(variable: &str) -> Self {
        Self::new(variable, FieldKind::Text, 256)
    }

    /// A `paragraph` of at most 4096 characters.
    pub fn paragraph(variable: &str) -> Self {
        Self::new(variable, FieldKind::Paragraph, 4096)
    }

    /// A `number`.
    pub fn number(variable: &str) -> Self {
        Self::new(variable, FieldKind::Number, 0)
    }

    /// A `select` of these options.
    pub fn select(variable: &str, options: &[&str]) -> Self {
        let options = options.iter().map(|&option| option.to_owned()).collect();
        Self::new(variable, FieldKind::Select(options), 256)
    }

    /// A single `file`.
    pub fn file(variable: &str) -> Self {
        Self::new(variable, FieldKind::File, 5)
    }

    /// The same field, but a run without it is refused.
    pub fn required(self) -> Self {
        Self {
            required: true,
            ..self
        }
    }

    /// The same field with another limit, in characters.
    pub fn max_length(self, max_length: usize) -> Self {
        Self { max_length, ..self }
    }

    /// The entry of `user_input_form`. The older modes tell less than those with a graph.
    pub(crate) fn entry(&self, mode: Mode) -> Value {
        let kind = self.kind.name();
        let mut entry =
            json!({ "label": self.variable, "variable": self.variable, "required": self.required });
        let (options, max_length) = match &self.kind {
            FieldKind::Number => (Vec::new(), Value::Null),
            FieldKind::Select(options) => (options.clone(), json!(self.max_length)),
            _ => (Vec::new(), json!(self.max_length)),
        };
        entry["max_length"] = max_length;
        if mode.has_graph() {
            entry["type"] = json!(kind);
            entry["options"] = json!(options);
        } else {
            entry["default"] = json!("");
        }
        if matches!(self.kind, FieldKind::File) {
            entry["allowed_file_extensions"] = json!([".TXT", ".PNG"]);
            entry["allowed_file_types"] = json!(["document", "image", "custom"]);
            entry["allowed_file_upload_methods"] = json!(["local_file", "remote_url"]);
        }
        json!({ kind: entry })
    }
}

impl FieldKind {
    pub(crate) fn name(&self) -> &'static str {
        match self {
            Self::File => "file",
            Self::Number => "number",
            Self::Paragraph => "paragraph",
            Self::Select(_) => "select",
            Self::Text => "text-input",
        }
    }
}

/// The form that the recorded app of this kind has.
pub(crate) fn recorded(kind: AppKind) -> Vec<Field> {
    let mut fields = vec![Field::text("q"), Field::text("__oidc_email")];
    if kind.mode().has_graph() {
        fields.push(Field::number("__oidc_level"));
    }
    match kind {
        AppKind::SlowChatflow | AppKind::SlowWorkflow => fields.push(Field::text("secs")),
        AppKind::StrictWorkflow => return strict(),
        AppKind::Workflow => fields.push(Field::file("doc")),
        _ => {}
    }
    fields
}

fn strict() -> Vec<Field> {
    vec![
        Field::text("q").required(),
        Field::text("__oidc_email").max_length(20).required(),
        Field::number("__oidc_level").required(),
        Field::select("color", &["red", "blue"]),
    ]
}
