//! Runs: what an app does for one request, and the events that it tells meanwhile.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, MutexGuard};
use std::time::{Duration, Instant};

use serde_json::{Value, json};
use tokio::sync::watch;
use uuid::Uuid;

use crate::checks::Object;
use crate::end_users::EndUser;
use crate::kind::{AppKind, Mode};
use crate::lock;
use crate::program::Program;
use crate::world::{World, now};

/// One run.
pub(crate) struct Run {
    pub(crate) id: Uuid,
    pub(crate) task_id: Uuid,
    pub(crate) app: AppKind,
    pub(crate) app_id: Uuid,
    pub(crate) workflow_id: Uuid,
    pub(crate) user: EndUser,
    /// The declared inputs; an omitted one is null.
    pub(crate) inputs: Object,
    pub(crate) chat: Option<Chat>,
    pub(crate) created_at: i64,
    started: Instant,
    /// Pause before each event.
    pub(crate) pace: Duration,
    state: Mutex<State>,
    changed: watch::Sender<()>,
    stopped: watch::Sender<bool>,
}

/// The message that a run answers.
pub(crate) struct Chat {
    /// None in the mode `completion`.
    pub(crate) conversation: Option<Uuid>,
    pub(crate) message: Uuid,
    pub(crate) query: String,
    pub(crate) dialogue_count: usize,
}

/// How far a run has come.
pub(crate) struct State {
    pub(crate) status: Status,
    pub(crate) events: Vec<Value>,
    pub(crate) nodes: Vec<Node>,
    pub(crate) outputs: Value,
    pub(crate) error: Option<String>,
    pub(crate) finished_at: Option<i64>,
    pub(crate) elapsed: f64,
    /// What nodes have returned, by node and variable.
    pub(crate) variables: HashMap<[&'static str; 2], Value>,
    /// What a paused run waits for: the `human_input_required` event's data.
    pub(crate) form: Option<Value>,
}

/// A node that has begun.
#[derive(Clone)]
pub(crate) struct Node {
    pub(crate) id: Uuid,
    pub(crate) name: &'static str,
    pub(crate) kind: &'static str,
    pub(crate) created_at: i64,
    pub(crate) status: Option<&'static str>,
}

#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Status {
    Failed,
    Paused,
    Running,
    Stopped,
    Succeeded,
}

impl Status {
    pub(crate) fn name(self) -> &'static str {
        match self {
            Self::Failed => "failed",
            Self::Paused => "paused",
            Self::Running => "running",
            Self::Stopped => "stopped",
            Self::Succeeded => "succeeded",
        }
    }

    pub(crate) fn is_final(self) -> bool {
        matches!(self, Self::Failed | Self::Stopped | Self::Succeeded)
    }
}

impl Run {
    /// A run that has not begun.
    pub(crate) fn new(
        world: &World,
        user: EndUser,
        inputs: Object,
        chat: Option<Chat>,
        pace: Duration,
    ) -> Self {
        let app = world.app(user.app);
        Self {
            id: Uuid::new_v4(),
            task_id: Uuid::new_v4(),
            app: app.kind,
            app_id: app.id,
            workflow_id: app.workflow_id,
            user,
            inputs,
            chat,
            created_at: now(),
            started: Instant::now(),
            pace,
            state: Mutex::new(State::new()),
            changed: watch::Sender::new(()),
            stopped: watch::Sender::new(false),
        }
    }

    pub(crate) fn mode(&self) -> Mode {
        self.app.mode()
    }

    pub(crate) fn program(&self) -> Program {
        Program::of(self.app)
    }

    pub(crate) fn state(&self) -> MutexGuard<'_, State> {
        lock(&self.state)
    }

    /// Seconds since the run began.
    pub(crate) fn elapsed(&self) -> f64 {
        self.started.elapsed().as_secs_f64()
    }

    pub(crate) fn tell(&self, event: Value) {
        self.state().events.push(event);
        self.changed.send_replace(());
    }

    /// Changes the state; everyone who follows the run looks at it again.
    pub(crate) fn change(&self, change: impl FnOnce(&mut State)) {
        change(&mut self.state());
        self.changed.send_replace(());
    }

    pub(crate) fn changes(&self) -> watch::Receiver<()> {
        self.changed.subscribe()
    }

    pub(crate) fn stop(&self) {
        self.stopped.send_replace(true);
    }

    pub(crate) fn stopping(&self) -> watch::Receiver<bool> {
        self.stopped.subscribe()
    }

    /// The inputs with Dify's own `sys.…`, as the events and the details show them. Only the
    /// stored ones of a workflow have the time.
    pub(crate) fn all_inputs(&self, stored: bool) -> Object {
        let mut all = self.inputs.clone();
        let mut system = |name: &str, value: Value| drop(all.insert(format!("sys.{name}"), value));
        if let Some(chat) = &self.chat {
            system("query", json!(chat.query));
            system("dialogue_count", json!(chat.dialogue_count));
        } else if stored {
            system("timestamp", json!(self.created_at));
        }
        system("files", json!([]));
        system("user_id", json!(self.user.session));
        system("app_id", json!(self.app_id));
        system("workflow_id", json!(self.workflow_id));
        system("workflow_run_id", json!(self.id));
        all
    }

    /// The value of a variable, null if no node has returned it.
    pub(crate) fn variable(&self, selector: [&'static str; 2]) -> Value {
        match selector {
            ["start", name] => self.inputs.get(name).cloned().unwrap_or_default(),
            ["sys", "user_id"] => json!(self.user.session),
            ["sys", "query"] => json!(self.chat.as_ref().map(|chat| &chat.query)),
            other => self
                .state()
                .variables
                .get(&other)
                .cloned()
                .unwrap_or_default(),
        }
    }
}

impl State {
    fn new() -> Self {
        Self {
            status: Status::Running,
            events: Vec::new(),
            nodes: Vec::new(),
            outputs: json!({}),
            error: None,
            finished_at: None,
            elapsed: 0.0,
            variables: HashMap::new(),
            form: None,
        }
    }

    pub(crate) fn exceptions(&self) -> u32 {
        u32::from(self.status == Status::Failed)
    }
}

/// The runs of all apps.
#[derive(Default)]
pub(crate) struct Runs {
    by_id: HashMap<Uuid, Arc<Run>>,
    by_task: HashMap<String, Arc<Run>>,
}

impl Runs {
    pub(crate) fn insert(&mut self, run: &Arc<Run>) {
        self.by_id.insert(run.id, Arc::clone(run));
        self.by_task
            .insert(run.task_id.to_string(), Arc::clone(run));
    }

    pub(crate) fn get(&self, id: Uuid) -> Option<Arc<Run>> {
        self.by_id.get(&id).cloned()
    }

    /// The run of a task, of whatever app and user it is.
    pub(crate) fn of_task(&self, task_id: &str) -> Option<Arc<Run>> {
        self.by_task.get(task_id).cloned()
    }
}
