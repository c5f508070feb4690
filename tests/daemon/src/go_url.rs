//! Paths and queries as Go's `net/url` reads and writes them. No crate does: the usual ones repair what Go refuses or drops.

use std::collections::BTreeMap;
use std::fmt::Write;

/// The decoded path, or nothing where an escape is malformed.
pub(crate) fn unescape_path(raw: &str) -> Option<Vec<u8>> {
    unescape(raw, false)
}

/// The path with everything escaped that Go escapes in one; the slash is not.
pub(crate) fn escape_path(path: &[u8]) -> String {
    if path == b"*" {
        return "*".to_owned();
    }
    escape(
        path,
        |byte| byte.is_ascii_alphanumeric() || b"-_.~$&+,/:;=@".contains(&byte),
        "%20",
    )
}

/// What `URL.Query().Encode()` makes of a query: pairs with a semicolon or a malformed escape are dropped, the rest is sorted by key.
pub(crate) fn normalize_query(raw: &str) -> String {
    let mut values: BTreeMap<Vec<u8>, Vec<Vec<u8>>> = BTreeMap::new();
    for pair in raw
        .split('&')
        .filter(|pair| !pair.is_empty() && !pair.contains(';'))
    {
        let (key, value) = pair.split_once('=').unwrap_or((pair, ""));
        if let (Some(key), Some(value)) = (unescape(key, true), unescape(value, true)) {
            values.entry(key).or_default().push(value);
        }
    }
    let pairs = values.iter().flat_map(|(key, values)| {
        values
            .iter()
            .map(move |value| format!("{}={}", escape_query(key), escape_query(value)))
    });
    pairs.collect::<Vec<_>>().join("&")
}

fn escape_query(text: &[u8]) -> String {
    escape(
        text,
        |byte| byte.is_ascii_alphanumeric() || b"-_.~".contains(&byte),
        "+",
    )
}

fn escape(text: &[u8], kept: impl Fn(u8) -> bool, space: &str) -> String {
    let mut escaped = String::with_capacity(text.len());
    for &byte in text {
        match byte {
            b' ' => escaped.push_str(space),
            _ if kept(byte) => escaped.push(char::from(byte)),
            // Writing to a string cannot fail.
            _ => _ = write!(escaped, "%{byte:02X}"),
        }
    }
    escaped
}

fn unescape(raw: &str, plus_is_space: bool) -> Option<Vec<u8>> {
    let mut decoded = Vec::with_capacity(raw.len());
    let mut bytes = raw.bytes();
    while let Some(byte) = bytes.next() {
        decoded.push(match byte {
            b'%' => hex_digit(bytes.next()?)? << 4 | hex_digit(bytes.next()?)?,
            b'+' if plus_is_space => b' ',
            other => other,
        });
    }
    Some(decoded)
}

fn hex_digit(byte: u8) -> Option<u8> {
    char::from(byte)
        .to_digit(16)
        .and_then(|digit| u8::try_from(digit).ok())
}

#[cfg(test)]
mod tests {
    use super::{escape_path, normalize_query, unescape_path};

    #[test]
    fn paths_are_decoded_and_escaped_again() {
        let rows = [
            ("/v1/a%2Fb%20c", Some("/v1/a/b%20c")),
            ("/a/../../x", Some("/a/../../x")),
            ("/a+b;c=d,e:f@g$h&i~j", Some("/a+b;c=d,e:f@g$h&i~j")),
            ("/!'()*%3F%23[]", Some("/%21%27%28%29%2A%3F%23%5B%5D")),
            ("/%ff%0a", Some("/%FF%0A")),
            ("/%c3%bc", Some("/%C3%BC")),
            ("/%zz", None),
            ("/%a", None),
        ];
        for (raw, expected) in rows {
            let actual = unescape_path(raw).map(|path| escape_path(&path));
            assert_eq!(actual.as_deref(), expected, "{raw}");
        }
    }

    #[test]
    fn queries_are_sorted_and_bad_pairs_dropped() {
        let rows = [
            ("b=2&a=1&a=0&c", "a=1&a=0&b=2&c="),
            ("a=1;b=2&c=%zz&d=x", "d=x"),
            ("%zz=1&&=v", "=v"),
            (
                "q=a+b%2Bc%20d&r=/?:@!'()*",
                "q=a+b%2Bc+d&r=%2F%3F%3A%40%21%27%28%29%2A",
            ),
            ("", ""),
        ];
        for (raw, expected) in rows {
            assert_eq!(normalize_query(raw), expected, "{raw}");
        }
    }
}
