//! Settings that hold several values, separated by spaces or commas.

use super::reader::Problems;

const MAX_ENTRIES: usize = 100;

/// Parses each entry of `text`; at least one and at most 100.
pub(super) fn parse_list<T>(
    text: &str,
    parse: impl FnMut(&str) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    parse_entries(text.split(is_separator), parse)
}

/// As [`parse_list`], but `\` keeps the character behind it in the entry, as in a claim path.
pub(super) fn parse_path_list<T>(
    text: &str,
    parse: impl FnMut(&str) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    let mut is_escaped = false;
    let entries = text.split(|character| {
        let separates = !is_escaped && is_separator(character);
        is_escaped = !is_escaped && character == '\\';
        separates
    });
    parse_entries(entries, parse)
}

fn is_separator(character: char) -> bool {
    character == ',' || character.is_whitespace()
}

fn parse_entries<'t, T>(
    entries: impl Iterator<Item = &'t str>,
    mut parse: impl FnMut(&'t str) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    let entries: Vec<&str> = entries.filter(|entry| !entry.is_empty()).collect();
    if entries.is_empty() {
        return Err(
            "holds nothing but separators; write a value or leave it empty"
                .to_owned()
                .into(),
        );
    }
    if entries.len() > MAX_ENTRIES {
        return Err(format!(
            "has {} entries; at most {MAX_ENTRIES} are taken",
            entries.len()
        )
        .into());
    }
    let is_only = entries.len() == 1;
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for (entry, number) in entries.into_iter().zip(1..) {
        match parse(entry) {
            Ok(value) => values.push(value),
            Err(problem) if is_only => problems.push(problem),
            Err(problem) => problems.push(format!("(entry {number}) {problem}")),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems.into())
    }
}
