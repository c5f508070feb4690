//! The named parts.

use std::collections::BTreeMap;

use serde::Serialize;
use serde_json::value::{RawValue, to_raw_value};
use serde_json::{Map, Value, json};

use crate::error::Code;

const PARAMETERS: &str = include_str!("parameters.json");
const SCHEMAS: &str = include_str!("schemas.json");

/// The schema whose values are the codes of the gateway.
const ERROR_CODE: &str = "ErrorCode";

/// The name of every response that is not a success.
pub(super) const ERROR: &str = "Error";

type Parts = BTreeMap<String, Box<RawValue>>;

#[derive(Serialize)]
#[serde(rename_all = "camelCase")]
pub(super) struct Components {
    parameters: Parts,
    responses: Value,
    schemas: Parts,
    security_schemes: Map<String, Value>,
}

impl Components {
    /// With these security schemes.
    pub(super) fn new(security_schemes: Map<String, Value>) -> Self {
        let mut schemas = parts(SCHEMAS);
        let codes: Vec<_> = Code::ALL.iter().map(|code| code.as_str()).collect();
        if let Ok(codes) = to_raw_value(&json!({"type": "string", "enum": codes})) {
            schemas.insert(ERROR_CODE.to_owned(), codes);
        }
        let error = json!({
            "description": "Why the request is refused.",
            "content": {"application/json": {"schema": reference("schemas", ERROR)}},
        });
        Self {
            parameters: parts(PARAMETERS),
            responses: json!({ERROR: error}),
            schemas,
            security_schemes,
        }
    }
}

/// The parts of a list. A test reads both lists, so the empty one of an error is never seen.
fn parts(text: &str) -> Parts {
    serde_json::from_str(text).unwrap_or_default()
}

/// A reference to one of the document's own parts.
pub(super) fn reference(kind: &str, name: &str) -> Value {
    json!({"$ref": format!("#/components/{kind}/{name}")})
}
