//! The identity of a JSON-RPC request.

use serde::{Deserialize, Serialize};
use serde_json::{Number, Value};

use crate::limits;

/// A string or an integer, never null (MCP, Base Protocol, «Requests»).
#[derive(Clone, Debug, Deserialize, Eq, Hash, PartialEq, Serialize)]
#[serde(transparent)]
pub struct Id(Value);

impl Id {
    /// The identity, if it is one and not too long.
    pub fn parse(value: &Value) -> Option<Self> {
        is_scalar(value).then(|| Self(value.clone()))
    }
}

/// Whether the value may be an identity or a progress token: a short string, or an integer.
pub(super) fn is_scalar(value: &Value) -> bool {
    match value {
        Value::String(text) => text.len() <= limits::MCP_ID,
        Value::Number(number) => is_integer(number),
        _ => false,
    }
}

fn is_integer(number: &Number) -> bool {
    number.is_i64() || number.is_u64()
}
