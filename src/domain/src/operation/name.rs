//! The names by which a setting speaks of operations: one's own name, that of a group, or that of a class.

use super::{Class, OPERATIONS, Operation, Responder};

/// Groups of operations of the Dify app API that belong together. No operation is in two of them, and no group is named
/// as an operation or a class is.
const GROUPS: &[(&str, &[&str])] = &[
    (
        "annotations",
        &[
            "get_annotations",
            "post_annotation",
            "put_annotation",
            "delete_annotation",
            "post_annotation_reply",
            "get_annotation_reply_status",
        ],
    ),
    ("audio", &["post_audio_to_text", "post_text_to_audio"]),
    ("chat", &["post_chat_messages", "post_chat_messages_stop"]),
    (
        "completion",
        &["post_completion_messages", "post_completion_messages_stop"],
    ),
    (
        "conversations",
        &[
            "get_conversations",
            "delete_conversation",
            "post_conversation_name",
            "get_conversation_variables",
            "put_conversation_variable",
        ],
    ),
    ("feedback", &["post_message_feedbacks", "get_app_feedbacks"]),
    ("files", &["post_files_upload", "get_file_preview"]),
    ("forms", &["get_human_input_form", "post_human_input_form"]),
    ("messages", &["get_messages", "get_message_suggested"]),
    (
        "workflows",
        &[
            "post_workflows_run",
            "post_workflow_run",
            "get_workflow_run",
            "post_workflow_task_stop",
            "get_workflows_logs",
            "get_workflow_events",
        ],
    ),
];

/// What a name stands for. The more special name has the later variant.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum OperationName {
    /// Every operation of a class.
    Class(Class),
    /// Every operation of a group, by handler.
    Group(&'static [&'static str]),
    /// This operation.
    Operation(&'static Operation),
}

impl OperationName {
    /// What `name` stands for, if it is one. Operations that need no caller have no name here, nor have their classes.
    pub fn parse(name: &str) -> Option<Self> {
        if let Some(operation) = needing_caller().find(|operation| operation.handler == name) {
            return Some(Self::Operation(operation));
        }
        if let Some((_, handlers)) = GROUPS.iter().find(|(group, _)| *group == name) {
            return Some(Self::Group(handlers));
        }
        let class = Class::ALL.into_iter().find(|class| class.name() == name);
        class.filter(|class| class.needs_caller()).map(Self::Class)
    }

    /// Every name that [`Self::parse`] takes.
    pub fn all() -> impl Iterator<Item = &'static str> {
        let classes = Class::ALL.into_iter().filter(|class| class.needs_caller());
        let groups = GROUPS.iter().map(|(group, _)| *group);
        let operations = needing_caller().map(|operation| operation.handler);
        operations.chain(groups).chain(classes.map(Class::name))
    }

    /// The operations that it stands for.
    pub fn operations(self) -> impl Iterator<Item = &'static Operation> {
        needing_caller().filter(move |operation| match self {
            Self::Class(class) => operation.class == class,
            Self::Group(handlers) => handlers.contains(&operation.handler),
            Self::Operation(one) => **operation == *one,
        })
    }

    /// How special the name is: the most special one that stands for an operation decides about it.
    pub const fn rank(self) -> u8 {
        match self {
            Self::Class(_) => 0,
            Self::Group(_) => 1,
            Self::Operation(_) => 2,
        }
    }
}

/// The operations of which Dify is asked.
pub fn relayed() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.responder == Responder::Dify)
}

fn needing_caller() -> impl Iterator<Item = &'static Operation> {
    OPERATIONS
        .iter()
        .filter(|operation| operation.class.needs_caller())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn every_name_stands_for_something_and_no_two_are_the_same() {
        let mut names: Vec<_> = OperationName::all().collect();
        for name in &names {
            let operations = OperationName::parse(name).unwrap().operations();
            assert!(operations.count() > 0, "{name}");
        }
        let count = names.len();
        names.sort_unstable();
        names.dedup();
        assert_eq!(names.len(), count);
    }

    #[test]
    fn no_operation_is_in_two_groups_and_every_handler_of_a_group_exists() {
        let mut handlers: Vec<_> = GROUPS.iter().flat_map(|(_, handlers)| *handlers).collect();
        for handler in &handlers {
            let operation = Operation::of_handler(handler).unwrap();
            assert_eq!(operation.responder, Responder::Dify, "{handler}");
        }
        let count = handlers.len();
        handlers.sort_unstable();
        handlers.dedup();
        assert_eq!(handlers.len(), count);
    }

    #[test]
    fn what_needs_no_caller_has_no_name() {
        for name in [
            "get_root",
            "get_health",
            "get_login",
            "public",
            "sign_in",
            "fallback",
            "",
        ] {
            assert_eq!(OperationName::parse(name), None, "{name}");
        }
    }
}
