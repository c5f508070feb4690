//! The paths with their operations.

use serde_json::{Map, Value, json};

use super::components::{ERROR, reference};
use super::descriptions::{Content, DESCRIPTIONS, Description};
use super::security;
use crate::limits;
use crate::operation::{Operation, variable};

/// The schema of what a stream sends.
const EVENT: &str = "StreamEvent";

/// These operations by path and method.
pub(super) fn paths(operations: &[&Operation]) -> Map<String, Value> {
    let mut paths = Map::new();
    for operation in operations {
        let description = DESCRIPTIONS
            .iter()
            .find(|description| description.handler == operation.handler);
        // A test holds that each has one.
        if let Some(description) = description {
            let path = paths
                .entry(templated(operation.path))
                .or_insert_with(|| json!({}));
            path[operation.method.as_str().to_ascii_lowercase()] =
                described(operation, description);
        }
    }
    paths
}

/// `<name>` of the SDK's router is `{name}` here.
fn templated(path: &str) -> String {
    path.replace('<', "{").replace('>', "}")
}

fn described(operation: &Operation, description: &Description) -> Value {
    let parameters: Vec<_> = path_parameters(operation.path)
        .chain(
            description
                .parameters
                .iter()
                .map(|name| reference("parameters", name)),
        )
        .collect();
    let request =
        content(description.request).map(|content| json!({"required": true, "content": content}));
    let mut described = Map::new();
    let mut add = |name: &str, value| described.insert(name.to_owned(), value);
    add("operationId", operation.handler.into());
    add("summary", operation.summary.into());
    add("tags", json!([description.tag]));
    if !parameters.is_empty() {
        add("parameters", parameters.into());
    }
    if let Some(request) = request {
        add("requestBody", request);
    }
    add("responses", responses(description));
    if let Some(requirements) = security::of_operation(operation) {
        add("security", requirements.into());
    }
    Value::Object(described)
}

fn responses(description: &Description) -> Value {
    let good = match content(description.response) {
        Some(content) => json!({"description": "Success.", "content": content}),
        None => json!({"description": "Success."}),
    };
    json!({description.status.to_string(): good, "default": reference("responses", ERROR)})
}

fn path_parameters(path: &str) -> impl Iterator<Item = Value> {
    let names = path.split('/').filter_map(variable);
    names.map(
        |name| json!({"name": name, "in": "path", "required": true, "schema": path_schema(name)}),
    )
}

/// What [`crate::operation::upstream_path`] takes.
fn path_schema(name: &str) -> Value {
    match name {
        "action" => json!({"enum": ["enable", "disable"]}),
        "form_token" => json!({"type": "string", "maxLength": limits::FORM_TOKEN}),
        "name" => json!({"type": "string"}),
        _ => json!({"type": "string", "format": "uuid"}),
    }
}

/// The media types of a body, with what each is.
fn content(content: Content) -> Option<Value> {
    let schema = |name| json!({"schema": reference("schemas", name)});
    Some(match content {
        Content::Events => json!({"text/event-stream": schema(EVENT)}),
        Content::File(media_type) => json!({media_type: {}}),
        Content::Form(name) => json!({"application/x-www-form-urlencoded": schema(name)}),
        Content::Json(name) => json!({"application/json": schema(name)}),
        Content::Multipart(name) => json!({"multipart/form-data": schema(name)}),
        Content::Nothing => return None,
        Content::Run(name) => {
            json!({"application/json": schema(name), "text/event-stream": schema(EVENT)})
        }
        Content::Sound(name) => json!({"application/json": schema(name), "audio/mpeg": {}}),
    })
}
