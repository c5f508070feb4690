//! Claims of a verified token, paths into them, and rules over them.

use serde_json::{Map, Value};

mod path;
mod rule;
mod syntax;
#[cfg(test)]
mod tests;

pub use path::ClaimPath;
pub use rule::Rules;
pub use syntax::SyntaxError;

/// The claims of one token, userinfo answer or introspection answer.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Takes the members of a JSON object that was parsed with [`crate::json::parse_object`].
    pub const fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// The claim with exactly this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The claim that `path` leads to.
    pub fn at(&self, path: &ClaimPath) -> Option<&Value> {
        path.find(&self.0)
    }

    /// These claims, and those of `others` that are not among them.
    pub fn completed_with(mut self, others: &Self) -> Self {
        for (name, value) in &others.0 {
            self.0.entry(name.clone()).or_insert_with(|| value.clone());
        }
        self
    }

    /// All members.
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}
