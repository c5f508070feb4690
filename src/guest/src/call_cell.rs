//! The call that the module is working on, and the time: a cell of its memory that the host reads and writes.
//!
//! The host writes both when it enters the module: an import for the clock would cost a crossing at each reading.
//! The executor polls every ready task, so the task that traps may belong to another call than the one whose result is
//! being delivered. Each task therefore writes its call into the cell before it is polled, and after a trap the host reads
//! there which call has failed.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;
use gateway_domain::time::UnixTime;

/// Laid out as `CallCell` in `host/wasm/abi.py`.
#[repr(C)]
struct CallCell {
    call: AtomicU32,
    milliseconds: AtomicU64,
}

static CELL: CallCell = CallCell {
    call: AtomicU32::new(0),
    milliseconds: AtomicU64::new(0),
};

/// The cell's address in the module's memory.
pub fn address() -> u32 {
    u32::try_from((&raw const CELL).addr()).unwrap_or(0)
}

/// The call whose task is being polled.
pub fn call() -> u32 {
    CELL.call.load(Ordering::Relaxed)
}

/// When the host entered the module, which computes for milliseconds at most before it returns.
pub fn time() -> UnixTime {
    UnixTime::from_millis(CELL.milliseconds.load(Ordering::Relaxed))
}

/// A task that names its call before each poll.
pub struct TaskOfCall {
    call: u32,
    task: LocalBoxFuture<'static, ()>,
}

impl TaskOfCall {
    /// Wraps `task`.
    pub fn new(call: u32, task: LocalBoxFuture<'static, ()>) -> Self {
        Self { call, task }
    }
}

impl Future for TaskOfCall {
    type Output = ();

    fn poll(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<()> {
        CELL.call.store(self.call, Ordering::Relaxed);
        self.task.as_mut().poll(context)
    }
}
