//! One instance serves every request: a task per call on a single-threaded executor.

use std::cell::{Cell, RefCell};
use std::collections::HashMap;
use std::rc::Rc;

use futures::channel::oneshot;
use futures::executor::{LocalPool, LocalSpawner};
use futures::future::LocalBoxFuture;
use futures::task::LocalSpawn;
use gateway_domain::environment::{FetchResponse, TransportError};
use gateway_domain::gateway::Gateway;

use crate::entry::OfCall;
use crate::lent_environment::LentEnvironment;

/// What an exchange ends with.
pub type ExchangeResult = Result<FetchResponse, TransportError>;

/// The state of the instance. It is lost with the instance when a task traps.
pub struct Runtime {
    pool: RefCell<LocalPool>,
    spawner: LocalSpawner,
    next_ticket: Cell<u32>,
    exchanges: RefCell<HashMap<u32, oneshot::Sender<ExchangeResult>>>,
    timers: RefCell<HashMap<u32, oneshot::Sender<()>>>,
    gateway: Rc<Gateway>,
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
            exchanges: RefCell::default(),
            timers: RefCell::default(),
            gateway: Rc::new(Gateway::new(Rc::new(LentEnvironment))),
        }
    }

    fn ticket(&self) -> u32 {
        let ticket = self.next_ticket.get();
        self.next_ticket.set(ticket.wrapping_add(1));
        ticket
    }
}

/// The gateway of this instance.
pub fn gateway() -> Rc<Gateway> {
    RUNTIME.with(|runtime| runtime.gateway.clone())
}

/// Runs `task` as part of `call`, from the next [`run`] on.
pub fn spawn(call: u32, task: LocalBoxFuture<'static, ()>) {
    RUNTIME.with(|runtime| {
        // The pool lives as long as the instance, so there is no shutdown that could refuse a task.
        let _ = runtime
            .spawner
            .spawn_local_obj(Box::new(OfCall::new(call, task)).into());
    });
}

/// Polls every task that can go on, until none can.
pub fn run() {
    RUNTIME.with(|runtime| runtime.pool.borrow_mut().run_until_stalled());
}

/// A ticket for an exchange, and what resolves when the host delivers it.
pub fn await_exchange() -> (u32, oneshot::Receiver<ExchangeResult>) {
    RUNTIME.with(|runtime| {
        let (sender, receiver) = oneshot::channel();
        let ticket = runtime.ticket();
        runtime.exchanges.borrow_mut().insert(ticket, sender);
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

/// Delivers an exchange. Nobody may be waiting for it any more.
pub fn deliver_exchange(exchange: u32, result: ExchangeResult) {
    let waiting = RUNTIME.with(|runtime| runtime.exchanges.borrow_mut().remove(&exchange));
    if let Some(sender) = waiting {
        let _ = sender.send(result);
    }
}

/// Delivers a timer. Nobody may be waiting for it any more.
pub fn deliver_timer(timer: u32) {
    let waiting = RUNTIME.with(|runtime| runtime.timers.borrow_mut().remove(&timer));
    if let Some(sender) = waiting {
        let _ = sender.send(());
    }
}
