//! What is wrong with an endpoint's settings.

use std::fmt;

use super::declaration::declarations;
use super::{AllowedOrigins, AppKey};
use crate::limits;

/// One mistake, with the setting's name and what to write.
///
/// It never repeats what was written: the sentence goes to everyone who calls the endpoint, and a secret may have been
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

/// The mistakes of one endpoint; a list of 100 wrong entries must not become a page of text.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Mistakes {
    kept: Vec<Mistake>,
    more: usize,
}

impl Mistakes {
    pub(super) fn add(&mut self, mistake: Mistake) {
        if self.kept.len() < limits::MISTAKES {
            self.kept.push(mistake);
        } else {
            self.more = self.more.saturating_add(1);
        }
    }

    /// Whether there are no mistakes.
    pub fn is_empty(&self) -> bool {
        self.kept.is_empty()
    }

    /// How many there are beyond those of [`Self::iter`].
    pub fn more(&self) -> usize {
        self.more
    }

    /// The first of them.
    pub fn iter(&self) -> impl Iterator<Item = &Mistake> {
        self.kept.iter()
    }

    /// In the order of the plugin's page.
    pub(super) fn sorted(mut self) -> Self {
        let position =
            |mistake: &Mistake| declarations().position(|setting| setting.name == mistake.setting);
        self.kept.sort_by_key(position);
        self
    }
}

impl fmt::Display for Mistakes {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("The endpoint's settings are wrong.")?;
        for mistake in &self.kept {
            write!(formatter, " {mistake}")?;
        }
        match self.more {
            0 => Ok(()),
            1 => formatter.write_str(" There is one more mistake."),
            more => write!(formatter, " There are {more} more mistakes."),
        }
    }
}

/// Settings that cannot be used, and what of them an endpoint needs to say so.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct InvalidSettings {
    /// At least one.
    pub mistakes: Mistakes,
    /// Who may read the mistakes in `/health`; `None` where it is missing or wrong itself.
    pub app_key: Option<AppKey>,
    /// Whose pages may read the refusal; nobody's where they are missing or wrong themselves.
    pub allowed_origins: AllowedOrigins,
}

/// The message of `configuration_error`.
impl fmt::Display for InvalidSettings {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        self.mistakes.fmt(formatter)
    }
}

impl std::error::Error for InvalidSettings {}
