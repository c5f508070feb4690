//! The number of the call whose task is being polled, in a cell that the host can read after a trap.
//!
//! The executor polls every ready task, so the task that traps may belong to another call than the one whose
//! result is being delivered. The host reads the cell to know which call to fail, and writes the number of the call
//! for which it enters the module into it, for what traps before any task is polled.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, Ordering};
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;

static CURRENT_CALL: AtomicU32 = AtomicU32::new(0);

/// The cell's address in the module's memory.
pub fn address() -> u32 {
    u32::try_from(CURRENT_CALL.as_ptr().addr()).unwrap_or(0)
}

/// The call whose task is being polled.
pub fn number() -> u32 {
    CURRENT_CALL.load(Ordering::Relaxed)
}

/// A task that names its call before each poll.
pub struct OfCall {
    call: u32,
    task: LocalBoxFuture<'static, ()>,
}

impl OfCall {
    /// Wraps `task`.
    pub fn new(call: u32, task: LocalBoxFuture<'static, ()>) -> Self {
        Self { call, task }
    }
}

impl Future for OfCall {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        CURRENT_CALL.store(self.call, Ordering::Relaxed);
        self.task.as_mut().poll(context)
    }
}
