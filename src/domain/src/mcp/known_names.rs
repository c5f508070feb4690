//! What a run and the things that belong to it are called, as its events tell it.

use super::dify_event::Names;
use crate::uuid::is_uuid;

/// What names the run and what belongs to it.
#[derive(Debug, Default)]
pub(super) struct KnownNames {
    pub(super) task: Option<String>,
    pub(super) run: Option<String>,
    pub(super) conversation: Option<String>,
    pub(super) message: Option<String>,
}

impl KnownNames {
    /// The first event that says a name counts. All of them are UUIDs, and some go into addresses.
    pub(super) fn learn(&mut self, names: Names) {
        let learn = |known: &mut Option<String>, name: Option<String>| {
            if known.is_none() {
                *known = name.filter(|name| is_uuid(name));
            }
        };
        learn(&mut self.task, names.task_id.0);
        learn(&mut self.run, names.workflow_run_id.0);
        learn(&mut self.conversation, names.conversation_id.0);
        learn(&mut self.message, names.message_id.0);
    }
}
