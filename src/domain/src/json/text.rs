use serde::Serialize;

/// The JSON text of `value`.
///
/// Serialising to memory fails only for a map whose keys are not strings or for a type whose own `Serialize` fails. The
/// gateway serialises neither, so the empty text of an error is never seen.
pub fn text(value: &impl Serialize) -> String {
    serde_json::to_string(value).unwrap_or_default()
}
