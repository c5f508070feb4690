//! The text form of a UUID.

/// Whether the text has the 36 characters of RFC 9562 §4. Python's `UUID` also takes braces and missing hyphens;
/// nobody needs them.
pub(crate) fn is_uuid(text: &str) -> bool {
    text.len() == 36
        && text.bytes().enumerate().all(|(index, byte)| match index {
            8 | 13 | 18 | 23 => byte == b'-',
            _ => byte.is_ascii_hexdigit(),
        })
}
