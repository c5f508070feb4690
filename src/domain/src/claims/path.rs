//! Paths such as `realm_access.roles`.

use serde_json::{Map, Value};

use super::present;
use super::syntax::{Expected, Part, Scanner, Symbol, SyntaxError, unescaped, written};

/// Longer than the URLs that Auth0 has people name their claims with.
const MAX_CHARACTERS: usize = 255;
/// Such a URL has many dots, each of which could be meant as a step down.
const MAX_NAMES: usize = 16;

/// A path is tried as a literal claim name first, then split at its dots.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ClaimPath {
    written: String,
    literal: String,
    names: Vec<String>,
}

impl ClaimPath {
    /// Parses one path; `\` stands before `, | = . \` where they belong to a name.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let part = Scanner::new(text).part()?;
        match part.divider {
            Some(divider) => Err(SyntaxError::new(part.end, Expected::Escaped(divider))),
            None => Self::from_part(&part),
        }
    }

    pub(super) fn from_part(part: &Part) -> Result<Self, SyntaxError> {
        let expected = |expected| Err(SyntaxError::new(part.position, expected));
        if part.symbols.is_empty() {
            return expected(Expected::Path);
        }
        if part.symbols.len() > MAX_CHARACTERS {
            return expected(Expected::ShorterPath(MAX_CHARACTERS));
        }
        let names = names(&part.symbols);
        if names.len() > MAX_NAMES {
            return expected(Expected::ShallowerPath(MAX_NAMES));
        }
        if names.iter().any(String::is_empty) {
            return expected(Expected::Segment);
        }
        Ok(Self {
            written: written(&part.symbols),
            literal: unescaped(&part.symbols),
            names,
        })
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.written
    }

    /// The path without its escapes: the claim name that is tried first.
    pub fn as_literal(&self) -> &str {
        &self.literal
    }

    /// What the path leads to. It leads through objects, never into the elements of an array.
    pub fn find<'a>(&self, members: &'a Map<String, Value>) -> Option<&'a Value> {
        present(members.get(&self.literal)).or_else(|| self.descend(members))
    }

    fn descend<'a>(&self, members: &'a Map<String, Value>) -> Option<&'a Value> {
        let (first, deeper) = self.names.split_first()?;
        let found = deeper.iter().try_fold(members.get(first)?, |value, name| {
            value.as_object()?.get(name)
        });
        present(found)
    }
}

fn names(symbols: &[Symbol]) -> Vec<String> {
    symbols
        .split(|symbol| symbol.character == '.' && !symbol.escaped)
        .map(unescaped)
        .collect()
}
