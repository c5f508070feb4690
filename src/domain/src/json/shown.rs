//! Values from outside in messages.

use serde_json::Value;

use crate::limits;

/// The value as JSON text, so that nothing in it can pass for the gateway's own words.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(limits::QUOTED_VALUE) {
        None => text,
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
    }
}
