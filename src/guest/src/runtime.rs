//! The tasks of one instance on a single-threaded executor, and the tickets of what they wait for.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;

use futures::channel::oneshot;
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::LocalBoxFuture;
use futures::task::LocalSpawn;
use gateway_domain::environment::{FetchResponse, TransportError};

use crate::call_cell::TaskOfCall;

/// What a fetch ends with.
pub type FetchResult = Result<FetchResponse, TransportError>;

struct Runtime {
    pool: RefCell<LocalPool>,
    spawner: LocalSpawner,
    next_ticket: Cell<u32>,
    fetches: RefCell<HashMap<u32, oneshot::Sender<FetchResult>>>,
    timers: RefCell<HashMap<u32, oneshot::Sender<()>>>,
}

thread_local! {
    static RUNTIME: Runtime = Runtime::new();
}

impl Runtime {
    fn new() -> Self {
        let pool = LocalPool::new();
        Self {
            spawner: pool.spawner(),
            pool: RefCell::new(pool),
            next_ticket: Cell::new(1),
            fetches: RefCell::default(),
            timers: RefCell::default(),
        }
    }

    fn ticket(&self) -> u32 {
        let ticket = self.next_ticket.get();
        self.next_ticket.set(ticket.wrapping_add(1));
        ticket
    }
}

/// Runs `task` as part of `call`, from the next [`run`] on.
pub fn spawn(call: u32, task: LocalBoxFuture<'static, ()>) {
    RUNTIME.with(|runtime| {
        // The pool lives as long as the instance, so there is no shutdown that could refuse a task.
        let _ = runtime
            .spawner
            .spawn_local_obj(Box::new(TaskOfCall::new(call, task)).into());
    });
}

/// Polls every task that can go on, until none can.
pub fn run() {
    RUNTIME.with(|runtime| runtime.pool.borrow_mut().run_until_stalled());
}

/// A ticket for a fetch, and what resolves when the host delivers it.
pub fn await_fetch() -> (u32, oneshot::Receiver<FetchResult>) {
    RUNTIME.with(|runtime| {
        let (sender, receiver) = oneshot::channel();
        let ticket = runtime.ticket();
        runtime.fetches.borrow_mut().insert(ticket, sender);
        (ticket, receiver)
    })
}

/// A ticket for a timer, and what resolves when it is due.
pub fn await_timer() -> (u32, oneshot::Receiver<()>) {
    RUNTIME.with(|runtime| {
        let (sender, receiver) = oneshot::channel();
        let ticket = runtime.ticket();
        runtime.timers.borrow_mut().insert(ticket, sender);
        (ticket, receiver)
    })
}

/// Delivers the result of a fetch. Its task may have ended.
pub fn deliver_fetch(ticket: u32, result: FetchResult) {
    let sender = RUNTIME.with(|runtime| runtime.fetches.borrow_mut().remove(&ticket));
    if let Some(sender) = sender {
        let _ = sender.send(result);
    }
}

/// Delivers a timer. Its task may have ended.
pub fn deliver_timer(ticket: u32) {
    let sender = RUNTIME.with(|runtime| runtime.timers.borrow_mut().remove(&ticket));
    if let Some(sender) = sender {
        let _ = sender.send(());
    }
}
