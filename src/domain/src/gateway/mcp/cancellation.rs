//! `notifications/cancelled`: a client of the legacy era does not want a result any more (2025-11-25, Utilities,
//! «Cancellation»). Kept in memory alone: after a restart a run goes on that could have been stopped.

use std::cell::RefCell;

use lru::LruCache;

use crate::limits::{self, capacity};
use crate::mcp::Mode;
use crate::relay::CallName;

/// What can be stopped of a call.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Task {
    /// The app's mode, which decides the operation.
    pub mode: Mode,
    /// Dify's name for the run.
    pub id: String,
}

/// The calls that can be cancelled.
pub struct Cancellable {
    calls: RefCell<LruCache<CallName, Task>>,
}

impl Cancellable {
    /// None yet.
    pub fn new() -> Self {
        Self {
            calls: RefCell::new(LruCache::new(capacity(limits::MCP_CANCELLABLE))),
        }
    }

    /// Notes what is to be stopped where the call is cancelled.
    pub fn is_task(&self, call: &CallName, task: Task) {
        let mut calls = self.calls.borrow_mut();
        if calls.peek(call).is_none() {
            calls.put(call.clone(), task);
        }
    }

    /// The call has ended.
    pub fn forget(&self, call: &CallName) {
        self.calls.borrow_mut().pop(call);
    }

    /// What is to be stopped. `None` for a call of somebody else, of another session, or of none.
    pub fn take(&self, call: &CallName) -> Option<Task> {
        self.calls.borrow_mut().pop(call)
    }
}
