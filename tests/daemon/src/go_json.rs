//! JSON as Go's `encoding/json` writes it.

use serde::Serialize;

/// The JSON text of a value, with the characters escaped that Go escapes for the sake of HTML.
pub(crate) fn to_string(value: &impl Serialize) -> String {
    let json = serde_json::to_string(value).unwrap_or_default();
    let mut escaped = String::with_capacity(json.len());
    for character in json.chars() {
        match character {
            '<' => escaped.push_str("\\u003c"),
            '>' => escaped.push_str("\\u003e"),
            '&' => escaped.push_str("\\u0026"),
            '\u{2028}' => escaped.push_str("\\u2028"),
            '\u{2029}' => escaped.push_str("\\u2029"),
            other => escaped.push(other),
        }
    }
    escaped
}

#[cfg(test)]
mod tests {
    #[test]
    fn html_characters_are_escaped() {
        let value = serde_json::json!({"a": "<b>&\u{2028}\u{2029}ü\"\u{8}"});
        let expected = r#"{"a":"\u003cb\u003e\u0026\u2028\u2029ü\"\b"}"#;
        assert_eq!(super::to_string(&value), expected);
    }
}
