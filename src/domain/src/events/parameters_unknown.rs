//! Dify did not say which inputs the app declares.

use serde::Serialize;

use crate::environment::LogLevel;

/// Dify did not say which inputs the app declares.
#[derive(Serialize)]
pub struct ParametersUnknown {
    event: &'static str,
    outcome: &'static str,
}

impl ParametersUnknown {
    pub(super) const LEVEL: LogLevel = LogLevel::Warn;

    /// The event.
    pub const fn new() -> Self {
        Self {
            event: "parameters",
            outcome: "Dify did not say which inputs the app declares",
        }
    }
}

impl Default for ParametersUnknown {
    fn default() -> Self {
        Self::new()
    }
}
