//! The apps of the recording: their kinds, keys and modes.

/// One of the apps that a stand-in serves, each with a key of its own.
#[derive(Clone, Copy, Debug, Eq, Hash, Ord, PartialEq, PartialOrd)]
pub enum AppKind {
    /// Mode `agent-chat`: needs a model.
    AgentChat,
    /// A chatflow with speech to text and text to speech switched on.
    AudioChatflow,
    /// Mode `chat`: needs a model.
    Chat,
    /// Mode `advanced-chat`: answers with its inputs and keeps conversation variables.
    Chatflow,
    /// Mode `completion`: needs a model.
    Completion,
    /// A chatflow that pauses for a form.
    HitlChatflow,
    /// A workflow that pauses for a form.
    HitlWorkflow,
    /// A chatflow that takes as long as its input `secs` says.
    SlowChatflow,
    /// A workflow that takes as long as its input `secs` says.
    SlowWorkflow,
    /// A workflow with required inputs and short limits.
    StrictWorkflow,
    /// Mode `workflow`: answers with its inputs.
    Workflow,
}

/// Dify's `App.mode`.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Mode {
    AdvancedChat,
    AgentChat,
    Chat,
    Completion,
    Workflow,
}

impl AppKind {
    /// Every kind.
    pub const ALL: [Self; 11] = [
        Self::AgentChat,
        Self::AudioChatflow,
        Self::Chat,
        Self::Chatflow,
        Self::Completion,
        Self::HitlChatflow,
        Self::HitlWorkflow,
        Self::SlowChatflow,
        Self::SlowWorkflow,
        Self::StrictWorkflow,
        Self::Workflow,
    ];

    /// The name that the recording gives the app, such as `slow_workflow`.
    pub fn name(self) -> &'static str {
        match self {
            Self::AgentChat => "agent_chat",
            Self::AudioChatflow => "audio_chatflow",
            Self::Chat => "chat",
            Self::Chatflow => "chatflow",
            Self::Completion => "completion",
            Self::HitlChatflow => "hitl_chatflow",
            Self::HitlWorkflow => "hitl_workflow",
            Self::SlowChatflow => "slow_chatflow",
            Self::SlowWorkflow => "slow_workflow",
            Self::StrictWorkflow => "strict_workflow",
            Self::Workflow => "workflow",
        }
    }

    /// The app's key, such as `app-slow_workflow`.
    pub fn key(self) -> String {
        format!("app-{}", self.name())
    }

    pub(crate) fn mode(self) -> Mode {
        match self {
            Self::AgentChat => Mode::AgentChat,
            Self::Chat => Mode::Chat,
            Self::Completion => Mode::Completion,
            Self::AudioChatflow | Self::Chatflow | Self::HitlChatflow | Self::SlowChatflow => {
                Mode::AdvancedChat
            }
            Self::HitlWorkflow | Self::SlowWorkflow | Self::StrictWorkflow | Self::Workflow => {
                Mode::Workflow
            }
        }
    }

    /// The app's title, as `GET /info` tells it.
    pub(crate) fn title(self) -> &'static str {
        match self {
            Self::AgentChat => "oidc-agent-chat",
            Self::AudioChatflow => "audio-chatflow",
            Self::Chat => "oidc-chat",
            Self::Chatflow => "oidc-chatflow",
            Self::Completion => "oidc-completion",
            Self::HitlChatflow => "hitl-chatflow",
            Self::HitlWorkflow => "hitl-workflow",
            Self::SlowChatflow => "slow-chatflow",
            Self::SlowWorkflow => "slow-workflow",
            Self::StrictWorkflow => "strict-workflow",
            Self::Workflow => "oidc-workflow",
        }
    }

    pub(crate) fn has_audio(self) -> bool {
        self == Self::AudioChatflow
    }

    /// Whether questions are suggested after an answer.
    pub(crate) fn suggests(self) -> bool {
        self == Self::SlowChatflow
    }
}

impl Mode {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::AdvancedChat => "advanced-chat",
            Self::AgentChat => "agent-chat",
            Self::Chat => "chat",
            Self::Completion => "completion",
            Self::Workflow => "workflow",
        }
    }

    pub(crate) fn is_chat(self) -> bool {
        matches!(self, Self::AdvancedChat | Self::AgentChat | Self::Chat)
    }

    /// Whether a run of the app is a workflow run, with a graph behind it.
    pub(crate) fn has_graph(self) -> bool {
        matches!(self, Self::AdvancedChat | Self::Workflow)
    }
}
