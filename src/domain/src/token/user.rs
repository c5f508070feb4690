//! Dify's `user`, from a claim.

/// 1 to 255 printable characters, not blank, not `DEFAULT-USER`.
#[derive(Clone, Debug, Eq, Hash, PartialEq)]
pub struct User(String);

impl User {
    /// The value that Dify gets.
    pub fn as_str(&self) -> &str {
        &self.0
    }
}
