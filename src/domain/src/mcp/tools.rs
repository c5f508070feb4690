//! The tools of an app: one that asks it, and where a workflow is behind it, one that fetches a late result.

use serde_json::{Map, Value, json};

use super::app::App;
use super::mode::Mode;
use super::name::GET_RESULT;
use super::version::Era;
use crate::limits;

/// What a call can be for.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Tools {
    /// The app itself.
    Ask,
    /// The result of a run.
    GetResult,
}

impl Tools {
    /// The tool with this name.
    pub fn named(app: &App, name: &str) -> Option<Self> {
        if app.unusable.is_some() {
            return None;
        }
        if name == app.tool {
            return Some(Self::Ask);
        }
        (app.mode.has_run() && name == GET_RESULT).then_some(Self::GetResult)
    }

    /// The result of `tools/list`. `description` takes the place of the app's own.
    pub fn list(app: &App, description: Option<&str>, era: Era) -> Value {
        let mut tools = Vec::new();
        if app.unusable.is_none() {
            tools.push(ask(app, description));
            if app.mode.has_run() {
                tools.push(get_result(app));
            }
        }
        match era {
            Era::Modern => json!({
                "tools": tools,
                "resultType": "complete",
                "ttlMs": lifetime(),
                "cacheScope": "private",
            }),
            Era::Legacy => json!({ "tools": tools }),
        }
    }
}

/// How long a list is remembered here, and so may be remembered by a client, in milliseconds.
pub(super) fn lifetime() -> u64 {
    limits::APP_DESCRIPTION_LIFETIME.as_secs() * 1000
}

fn ask(app: &App, description: Option<&str>) -> Value {
    let properties = app.fields.iter();
    let properties: Map<String, Value> = properties
        .map(|field| (field.name.clone(), field.schema()))
        .collect();
    let required = app.fields.iter().filter(|field| field.is_required);
    let required: Vec<&str> = required.map(|field| field.name.as_str()).collect();
    let fallback = || format!("Asks the Dify app {}.", app.name);
    let description = description.or(app.description.as_deref());
    json!({
        "name": app.tool,
        "title": app.name,
        "description": description.map_or_else(fallback, str::to_owned),
        "inputSchema": {
            "type": "object",
            "properties": properties,
            "required": required,
            "additionalProperties": false,
        },
        "outputSchema": output_schema(app.mode),
        // What the app reads or changes cannot be known here.
        "annotations": { "title": app.name, "openWorldHint": true },
    })
}

fn get_result(app: &App) -> Value {
    json!({
        "name": GET_RESULT,
        "title": format!("{}: result of a run", app.name),
        "description": format!(
            "Waits for the result of a call of `{}` that was still running. Call it again while the status is `running`.",
            app.tool
        ),
        "inputSchema": {
            "type": "object",
            "properties": {
                "workflow_run_id": {
                    "type": "string",
                    "format": "uuid",
                    "description": "The workflow_run_id of the result whose status was `running`.",
                },
            },
            "required": ["workflow_run_id"],
            "additionalProperties": false,
        },
        "outputSchema": output_schema(app.mode),
        "annotations": { "title": format!("{}: result of a run", app.name), "openWorldHint": true },
    })
}

/// The schema of `structuredContent`, which every result that is no error has (2025-06-18, Tools, «Output Schema»).
fn output_schema(mode: Mode) -> Value {
    let text = || json!({ "type": "string" });
    let list = |of: Value| json!({ "type": "array", "items": of });
    let object = |properties: Value| json!({ "type": "object", "properties": properties });
    let status = ["succeeded", "running", "waiting_for_a_person"];
    let file = object(json!({ "name": text(), "url": text(), "mime_type": text() }));
    let mut properties = Map::new();
    let mut has = |name: &str, schema| properties.insert(name.to_owned(), schema);
    has("status", json!({ "type": "string", "enum": status }));
    has("files", list(file));
    if mode.has_run() {
        has("workflow_run_id", text());
    }
    if mode == Mode::Workflow {
        has("outputs", json!({ "type": "object" }));
    } else {
        has("answer", text());
        has("message_id", text());
        has("citations", list(citation()));
    }
    if mode.is_chat() {
        has("conversation_id", text());
    }
    json!({ "type": "object", "properties": properties, "required": ["status"] })
}

fn citation() -> Value {
    let text = || json!({ "type": "string" });
    json!({
        "type": "object",
        "properties": {
            "title": text(),
            "dataset": text(),
            "score": { "type": "number" },
            "content": text(),
        },
    })
}
