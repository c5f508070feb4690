//! Values from outside in messages.

use serde_json::Value;

use crate::limits;
use crate::text::cut;

/// The value as JSON text, so that nothing in it can pass for the gateway's own words.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match cut(&text, limits::QUOTED_VALUE) {
        whole if whole.len() == text.len() => text,
        beginning => format!("{beginning}…"),
    }
}
