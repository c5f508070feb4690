//! From the daemon's JSON object to [`Settings`], or every mistake in it.

use super::Settings;

/// One mistake, with the setting's name and what to write.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    /// The setting's name.
    pub setting: &'static str,
    /// What is wrong and what to write.
    pub message: String,
}

/// All mistakes of one endpoint.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistakes(pub Vec<Mistake>);

impl Settings {
    /// Parses the JSON object that the daemon sends with every request.
    pub fn parse(_json: &str) -> Result<Self, Mistakes> {
        todo!()
    }
}
