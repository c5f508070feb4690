//! Settings that hold several values, separated by spaces or commas.

use super::problems::Problems;
use crate::limits;

/// An entry that may be written in quotation marks, whole or behind `#`.
pub(super) struct Entry<'t> {
    /// What is not in quotation marks, with the `#` before them.
    pub bare: &'t str,
    /// What is between the quotation marks, without their escapes.
    pub quoted: Option<String>,
}

impl Entry<'_> {
    /// The entry without its quotation marks.
    pub fn text(&self) -> String {
        let quoted = self.quoted.as_deref().unwrap_or_default();
        format!("{}{quoted}", self.bare)
    }
}

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

/// As [`parse_list`], but an entry, or what is behind its `#`, may be in `"`, which keep separators in it. Between them
/// `\` escapes `"` and `\`.
pub(super) fn parse_quotable_list<'t, T>(
    text: &'t str,
    mut parse: impl FnMut(Entry<'t>) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    let mut entries = Vec::new();
    let mut rest = text.trim_start_matches(is_separator);
    while !rest.is_empty() {
        let (entry, behind) = next_entry(rest);
        entries.push(entry);
        rest = behind.trim_start_matches(is_separator);
    }
    parse_each(entries, |entry| entry.and_then(&mut parse))
}

/// The problem of the entry with this number in a list of `count`.
pub(super) fn of_entry(number: usize, count: usize, problem: &str) -> String {
    if count == 1 {
        problem.to_owned()
    } else {
        format!("(entry {number}) {problem}")
    }
}

/// The first entry of `text`, which does not begin with a separator, and what is behind it.
fn next_entry(text: &str) -> (Result<Entry<'_>, String>, &str) {
    let end_of_word = |text: &str| text.find(is_separator).unwrap_or(text.len());
    let (word, behind) = text.split_at(end_of_word(text));
    let Some((bare, quoted)) = text.split_once('"').filter(|(bare, _)| opens_after(bare)) else {
        let entry = Entry {
            bare: word,
            quoted: None,
        };
        return (Ok(entry), behind);
    };
    let Some((quoted, behind)) = until_closing(quoted) else {
        let problem = "has a `\"` without a second one that closes it; add it, or remove the first";
        return (Err(problem.to_owned()), "");
    };
    let (more, behind) = behind.split_at(end_of_word(behind));
    if !more.is_empty() {
        let problem = "goes on after its closing `\"`; write a space or a comma there, or `\\\"` for a `\"` that belongs to it";
        return (Err(problem.to_owned()), behind);
    }
    if quoted.is_empty() {
        let problem = "has nothing between its quotation marks; write a value there";
        return (Err(problem.to_owned()), behind);
    }
    let quoted = Some(quoted);
    (Ok(Entry { bare, quoted }), behind)
}

/// Whether a `"` behind `bare` opens a quotation. Anywhere else it is a character of the entry.
fn opens_after(bare: &str) -> bool {
    let issuer = bare.strip_suffix('#');
    bare.is_empty()
        || issuer.is_some_and(|issuer| !issuer.contains('#') && !issuer.contains(is_separator))
}

fn until_closing(text: &str) -> Option<(String, &str)> {
    let mut quoted = String::new();
    let mut rest = text.chars();
    while let Some(character) = rest.next() {
        let escapes = character == '\\' && rest.as_str().starts_with(['"', '\\']);
        match character {
            '"' => return Some((quoted, rest.as_str())),
            '\\' if escapes => quoted.extend(rest.next()),
            other => quoted.push(other),
        }
    }
    None
}

fn is_separator(character: char) -> bool {
    character == ',' || character.is_whitespace()
}

fn parse_entries<'t, T>(
    entries: impl Iterator<Item = &'t str>,
    parse: impl FnMut(&'t str) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    parse_each(entries.filter(|entry| !entry.is_empty()).collect(), parse)
}

fn parse_each<E, T>(
    entries: Vec<E>,
    mut parse: impl FnMut(E) -> Result<T, String>,
) -> Result<Vec<T>, Problems> {
    let count = entries.len();
    if count == 0 {
        return Err("has separators and no value; write a value or leave it empty".into());
    }
    if count > limits::SETTING_ENTRIES {
        return Err(format!(
            "has {count} entries; write at most {}",
            limits::SETTING_ENTRIES
        )
        .into());
    }
    let (mut values, mut problems) = (Vec::new(), Vec::new());
    for (entry, number) in entries.into_iter().zip(1..) {
        match parse(entry) {
            Ok(value) => values.push(value),
            Err(problem) => problems.push(of_entry(number, count, &problem)),
        }
    }
    if problems.is_empty() {
        Ok(values)
    } else {
        Err(problems.into())
    }
}
