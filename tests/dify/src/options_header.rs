//! Header values with options, as werkzeug 3 reads them (`werkzeug/http.py`,
//! `parse_options_header`): of repeated options the last one wins, what cannot be read is skipped.

use std::borrow::Cow;
use std::collections::HashMap;

use percent_encoding::percent_decode_str;

/// Option names in lower case with their values.
pub(crate) type Options = HashMap<String, String>;

/// The value before the first `;` and the options after it.
pub(crate) fn parse(header: &str) -> (&str, Options) {
    let (value, rest) = header.split_once(';').unwrap_or((header, ""));
    let mut options = Options::new();
    let mut charset = String::new();
    for (name, value) in raw_options(rest.trim()) {
        let (name, value) = match name.strip_suffix('*') {
            Some(plain) => (plain, extended(value, &mut charset)),
            None => (name.as_str(), unquote(value)),
        };
        match continuation(name) {
            Some(base) => options.entry(base.to_owned()).or_default().push_str(&value),
            None => drop(options.insert(name.to_owned(), value)),
        }
    }
    (value.trim(), options)
}

/// Every `name=value`, quotes kept.
fn raw_options(mut rest: &str) -> Vec<(String, &str)> {
    let mut options = Vec::new();
    loop {
        let name = token(rest);
        if !name.is_empty() && rest[name.len()..].starts_with('=') {
            rest = &rest[name.len() + 1..];
            let value = match token(rest) {
                "" => quoted(rest),
                value => Some(value),
            };
            if let Some(value) = value {
                options.push((name.to_ascii_lowercase(), value));
                rest = &rest[value.len()..];
            }
        }
        match rest.split_once(';') {
            Some((_, next)) => rest = next.trim_start(),
            None => return options,
        }
    }
}

fn token(text: &str) -> &str {
    let is_token = |character: char| {
        character.is_ascii_alphanumeric() || "_!#$%&'*+-.^`|~".contains(character)
    };
    let end = text
        .find(|character| !is_token(character))
        .unwrap_or(text.len());
    &text[..end]
}

/// The quoted string at the start, both quotes included.
fn quoted(text: &str) -> Option<&str> {
    let bytes = text.as_bytes();
    if bytes.first() != Some(&b'"') {
        return None;
    }
    let mut position = 1;
    while position < bytes.len() {
        match &bytes[position..] {
            [b'\\', b'\\' | b'"', ..] => position += 2,
            [b'"', ..] => return Some(&text[..=position]),
            _ => position += 1,
        }
    }
    None
}

/// `%22` is how browsers write a quote.
fn unquote(value: &str) -> String {
    match value
        .strip_prefix('"')
        .and_then(|value| value.strip_suffix('"'))
    {
        Some(inner) => inner
            .replace("\\\\", "\\")
            .replace("\\\"", "\"")
            .replace("%22", "\""),
        None => value.to_owned(),
    }
}

/// `charset'language'value`; a continued one takes the charset of the one before.
fn extended(value: &str, charset: &mut String) -> String {
    let mut pieces = value.splitn(3, '\'');
    let (first, text) = match (pieces.next(), pieces.next(), pieces.next()) {
        (Some(charset), Some(_), Some(text)) => (charset.to_ascii_lowercase(), text),
        _ => (String::new(), value),
    };
    if !first.is_empty() {
        *charset = first;
    }
    let decoded: Cow<'_, [u8]> = percent_decode_str(text).into();
    match charset.as_str() {
        "ascii" | "us-ascii" | "utf-8" => String::from_utf8_lossy(&decoded).into_owned(),
        "iso-8859-1" => decoded.iter().map(|&byte| char::from(byte)).collect(),
        _ => unquote(text),
    }
}

/// The name without `*0`, `*1` and so on.
fn continuation(name: &str) -> Option<&str> {
    let (base, number) = name.rsplit_once('*')?;
    let is_number = !number.is_empty() && number.bytes().all(|byte| byte.is_ascii_digit());
    is_number.then_some(base)
}
