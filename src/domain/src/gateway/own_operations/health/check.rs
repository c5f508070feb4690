//! One thing that must work, with what is known of it.

use serde::Serialize;

use crate::error::Refusal;

const NEEDLESS: &str = "These settings do not need it.";

/// Whether it works; `F` is what is known then.
#[derive(Serialize)]
#[serde(tag = "status", rename_all = "snake_case")]
pub enum Check<F> {
    /// What is wrong and the remedy, with the code that clients get.
    Failed {
        code: &'static str,
        message: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        documentation: Option<String>,
    },
    NotChecked {
        message: &'static str,
    },
    Ok(F),
}

impl<F> Check<F> {
    /// What the settings do not need is not checked.
    pub fn if_needed(found: Option<Result<F, Refusal>>) -> Self {
        found.map_or(Self::NotChecked { message: NEEDLESS }, Self::from)
    }

    pub const fn has_failed(&self) -> bool {
        matches!(self, Self::Failed { .. })
    }
}

impl<F> From<Result<F, Refusal>> for Check<F> {
    fn from(found: Result<F, Refusal>) -> Self {
        match found {
            Ok(facts) => Self::Ok(facts),
            Err(refusal) => Self::Failed {
                code: refusal.code().as_str(),
                message: refusal.message().to_owned(),
                documentation: refusal.documentation(),
            },
        }
    }
}
