//! Paths such as `realm_access.roles`.

use serde_json::{Map, Value};

use super::present;
use super::syntax::{Expected, Part, Scanner, Symbol, SyntaxError, unescaped, written};
use crate::limits;

/// A path is tried as a literal claim name first, then split at its dots.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ClaimPath {
    written: String,
    literal: String,
    names: Vec<String>,
}

impl ClaimPath {
    /// Parses one path. `, | = . \` that belong to a name have a `\` before them.
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
        if part.symbols.len() > limits::CLAIM_PATH {
            return expected(Expected::ShorterPath(limits::CLAIM_PATH));
        }
        let names = names(&part.symbols);
        if names.len() > limits::CLAIM_PATH_NAMES {
            return expected(Expected::ShallowerPath(limits::CLAIM_PATH_NAMES));
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

    /// The value at the path. A path leads through objects, never into the elements of an array.
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
