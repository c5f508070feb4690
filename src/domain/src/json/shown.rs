//! Values from outside in messages.

use serde_json::Value;

/// Longer values are cut: a message is for a person, and what it quotes comes from the network.
const MAX_SHOWN: usize = 120;

/// The value as JSON text, so that nothing in it can pass for the gateway's own words.
pub(crate) fn shown(value: &Value) -> String {
    let text = value.to_string();
    match text.char_indices().nth(MAX_SHOWN) {
        None => text,
        Some((end, _)) => text.get(..end).unwrap_or_default().to_owned() + "…",
    }
}
