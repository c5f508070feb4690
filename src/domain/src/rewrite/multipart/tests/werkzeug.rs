//! How werkzeug 3.1 reads a body with the boundary `b` that arrives at once. Slow, lenient and only for comparison.
#![allow(clippy::string_slice, reason = "a test may panic")]

/// Name and content of every part; none where werkzeug gives up and Dify sees an empty form.
pub(super) fn parts(body: &str) -> Option<Vec<(String, String)>> {
    let mut parts = Vec::new();
    let (_, mut rest, mut closed) = delimiter(body, false)?;
    while !closed {
        let (head, content) = blank_line(rest)?;
        let (end, after, closes) = delimiter(content, true)?;
        let value = content.get(line_break(content)?..end).unwrap_or_default();
        parts.push((name(head)?, value.to_owned()));
        (rest, closed) = (after, closes);
    }
    Some(parts)
}

/// The first delimiter: where its line break begins, what follows it, and whether it is the last.
fn delimiter(text: &str, after_line_break: bool) -> Option<(usize, &str, bool)> {
    (0..text.len())
        .filter(|index| text.is_char_boundary(*index))
        .find_map(|index| {
            let here = &text[index..];
            let start = line_break(here).unwrap_or(0);
            let rest = here[start..]
                .strip_prefix("--b")
                .filter(|_| start > 0 || !after_line_break)?;
            let (rest, closes) = rest
                .strip_prefix("--")
                .map_or((rest, false), |rest| (rest, true));
            let rest = rest.trim_start_matches([' ', '\t', '\u{b}', '\u{c}']);
            match line_break(rest) {
                Some(length) => Some((index, &rest[length..], closes)),
                None => closes.then_some((index, rest, true)),
            }
        })
}

/// What stands before the first blank line, and what follows the first of its two line breaks.
fn blank_line(text: &str) -> Option<(&str, &str)> {
    let found = ["\r\n\r\n", "\r\r", "\n\n"]
        .iter()
        .filter_map(|blank| Some((text.find(blank)?, blank.len() / 2)));
    let (index, half) = found.min()?;
    Some((&text[..index], &text[index + half..]))
}

fn line_break(text: &str) -> Option<usize> {
    ["\r\n", "\n", "\r"]
        .iter()
        .find(|end| text.starts_with(**end))
        .map(|end| end.len())
}

fn name(head: &str) -> Option<String> {
    let mut head = head.to_owned();
    for (from, to) in [("\r\n", "\n"), ("\r", "\n"), ("\n ", " "), ("\n\t", " ")] {
        head = head.replace(from, to);
    }
    let disposition = head.split('\n').find_map(|line| {
        let (name, value) = line.split_once(':')?;
        name.trim()
            .eq_ignore_ascii_case("content-disposition")
            .then(|| value.trim().to_owned())
    })?;
    let (_, parameters) = disposition.split_once(';').unwrap_or((&disposition, ""));
    let (mut name, mut rest) = (String::from("None"), parameters.trim());
    while !rest.is_empty() {
        if let Some((key, value)) = key_and_value(rest) {
            match key.to_ascii_lowercase().as_str() {
                "name" => {
                    name = value
                        .replace("\\\\", "\\")
                        .replace("\\\"", "\"")
                        .replace("%22", "\"")
                }
                "name*" => name = extended(&value),
                _ => {}
            }
            rest = rest.split_once('=')?.1;
            if let Some(quoted) = rest.strip_prefix('"') {
                rest = &quoted[closing_quote(quoted)? + 1..];
            }
        }
        rest = rest
            .split_once(';')
            .map_or("", |(_, rest)| rest.trim_start_matches([' ', '\t']));
    }
    Some(name)
}

fn key_and_value(text: &str) -> Option<(&str, String)> {
    let (key, value) = text.split_once('=')?;
    let token = |text: &str| {
        text.find(|c: char| !(c.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(c)))
            .unwrap_or(text.len())
    };
    if key.is_empty() || token(key) < key.len() {
        return None;
    }
    match value.strip_prefix('"') {
        Some(quoted) => Some((key, quoted[..closing_quote(quoted)?].to_owned())),
        None => {
            Some((key, value[..token(value)].to_owned())).filter(|(_, value)| !value.is_empty())
        }
    }
}

fn closing_quote(text: &str) -> Option<usize> {
    let mut index = 0;
    loop {
        match text.as_bytes().get(index)? {
            b'"' => return Some(index),
            b'\\' if matches!(text.as_bytes().get(index + 1), Some(b'"' | b'\\')) => index += 2,
            _ => index += 1,
        }
    }
}

fn extended(value: &str) -> String {
    match *value.splitn(3, '\'').collect::<Vec<_>>().as_slice() {
        ["", _, value] => value.to_owned(),
        [charset, _, value] if !charset.eq_ignore_ascii_case("utf-16") => {
            percent_encoding::percent_decode_str(value)
                .decode_utf8_lossy()
                .into_owned()
        }
        [_, _, value] => value.to_owned(),
        _ => value.to_owned(),
    }
}
