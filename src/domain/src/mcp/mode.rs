//! The kinds of apps.

use serde::{Deserialize, Serialize};

/// How Dify runs an app (`AppMode` in `api/models/model.py`).
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum Mode {
    /// A model with tools, of the newer kind.
    Agent,
    /// A model with tools.
    AgentChat,
    /// A chat that a workflow leads.
    AdvancedChat,
    /// A model.
    #[default]
    Chat,
    /// A model without a conversation.
    Completion,
    /// A workflow.
    Workflow,
}

impl Mode {
    /// Whether it takes questions and keeps a conversation.
    pub const fn is_chat(self) -> bool {
        !matches!(self, Self::Completion | Self::Workflow)
    }

    /// Whether a workflow run is behind it, which goes on without its caller.
    pub const fn has_run(self) -> bool {
        matches!(self, Self::AdvancedChat | Self::Workflow)
    }
}
