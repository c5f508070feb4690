//! What is wrong with an endpoint's settings.

use std::fmt;

/// More than anybody mends at once; a list of 100 wrong entries must not become a page of text.
const MAX_SHOWN: usize = 20;

/// One mistake, with the setting's name and what to write.
///
/// It never repeats what was written: the sentence goes to whoever calls the endpoint, and a secret may have been
/// written into the wrong field.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistake {
    /// The setting's name.
    pub setting: &'static str,
    /// What is wrong and what to write; the rest of the sentence that begins with the name.
    pub message: String,
}

impl fmt::Display for Mistake {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "`{}` {}.", self.setting, self.message)
    }
}

/// All mistakes of one endpoint, at least one. Its `Display` is the message of `configuration_error`.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Mistakes(pub Vec<Mistake>);

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The endpoint's settings are wrong.")?;
        for mistake in self.0.iter().take(MAX_SHOWN) {
            write!(formatter, " {mistake}")?;
        }
        match self.0.len().saturating_sub(MAX_SHOWN) {
            0 => Ok(()),
            more => write!(formatter, " There are {more} more mistakes."),
        }
    }
}

impl std::error::Error for Mistakes {}
