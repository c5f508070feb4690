//! What the host says at each entry into the module: for which call, and what time it is. It writes both into a cell of
//! the memory, where an import for the clock would cost a crossing each time it is read.
//!
//! The executor polls every ready task, so the task that traps may belong to another call than the one whose result is
//! being delivered. Each task therefore writes its call into the cell before it is polled, and the host reads the cell to
//! know which call to fail.

use std::future::Future;
use std::pin::Pin;
use std::sync::atomic::{AtomicU32, AtomicU64, Ordering};
use std::task::{Context, Poll};

use futures::future::LocalBoxFuture;
use gateway_domain::time::UnixTime;

/// Laid out as `Entry` in `host/wasm/abi.py`.
#[repr(C)]
struct Entry {
    call: AtomicU32,
    milliseconds: AtomicU64,
}

static ENTRY: Entry = Entry {
    call: AtomicU32::new(0),
    milliseconds: AtomicU64::new(0),
};

/// The cell's address in the module's memory.
pub fn address() -> u32 {
    u32::try_from((&raw const ENTRY).addr()).unwrap_or(0)
}

/// The call whose task is being polled.
pub fn call() -> u32 {
    ENTRY.call.load(Ordering::Relaxed)
}

/// When the module was entered: it computes for milliseconds at most before it returns.
pub fn time() -> UnixTime {
    UnixTime::from_millis(ENTRY.milliseconds.load(Ordering::Relaxed))
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
        ENTRY.call.store(self.call, Ordering::Relaxed);
        self.task.as_mut().poll(context)
    }
}
