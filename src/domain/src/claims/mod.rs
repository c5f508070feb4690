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

/// The claims of one token, userinfo response or introspection response.
///
/// A claim that is null is absent, at every level. Providers write the claims of which they have no value like that,
/// although OpenID Connect Core §5.3.2 asks them to leave such a claim out.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Claims(Map<String, Value>);

impl Claims {
    /// Takes the members of a JSON object that was parsed with [`crate::json::parse_object`].
    pub const fn new(members: Map<String, Value>) -> Self {
        Self(members)
    }

    /// The claim with exactly this name.
    pub fn get(&self, name: &str) -> Option<&Value> {
        present(self.0.get(name))
    }

    /// The claim that `path` leads to.
    pub fn at(&self, path: &ClaimPath) -> Option<&Value> {
        path.find(&self.0)
    }

    /// These claims, and those of `others` that are not among them.
    pub fn completed_with(mut self, others: &Self) -> Self {
        for (name, value) in &others.0 {
            if self.get(name).is_none() {
                self.0.insert(name.clone(), value.clone());
            }
        }
        self
    }

    /// These claims, with `value` as the one named `name`.
    pub fn with(mut self, name: &str, value: Value) -> Self {
        self.0.insert(name.to_owned(), value);
        self
    }

    /// All members, those that are null included.
    pub const fn members(&self) -> &Map<String, Value> {
        &self.0
    }
}

/// The value, unless it is null.
fn present(value: Option<&Value>) -> Option<&Value> {
    value.filter(|value| !value.is_null())
}
