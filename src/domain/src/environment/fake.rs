//! An environment for tests: scripted responses by address, a clock and background tasks that the test drives by hand.

use std::cell::{Cell, RefCell};
use std::collections::{HashMap, HashSet, VecDeque};
use std::pin::{Pin, pin};
use std::rc::Rc;
use std::task::{Context, Poll, Waker};
use std::time::Duration;

use futures::FutureExt;
use futures::channel::oneshot;
use futures::future::LocalBoxFuture;
use http::{HeaderMap, HeaderName, HeaderValue, StatusCode};

use super::{Environment, FetchRequest, FetchResponse, LogLevel, ProcessState, TransportError};
use crate::time::UnixTime;

/// What an exchange ends with.
pub type FetchResult = Result<FetchResponse, TransportError>;

/// 2026-01-01T00:00:00Z, where every fake clock begins.
pub const START: UnixTime = UnixTime::from_secs(1_767_225_600);

/// The outside world of a test.
pub struct FakeEnvironment {
    now: Cell<UnixTime>,
    random_calls: Cell<u64>,
    standing: RefCell<HashMap<String, FetchResult>>,
    queued: RefCell<HashMap<String, VecDeque<FetchResult>>>,
    held: RefCell<HashSet<String>>,
    open: RefCell<Vec<(String, oneshot::Sender<FetchResult>)>>,
    exchanges: RefCell<Vec<FetchRequest>>,
    lines: RefCell<Vec<(LogLevel, String)>>,
    tasks: RefCell<Vec<LocalBoxFuture<'static, ()>>>,
    timers: RefCell<Vec<(UnixTime, oneshot::Sender<()>)>>,
}

impl FakeEnvironment {
    pub fn new() -> Rc<Self> {
        Rc::new(Self {
            now: Cell::new(START),
            random_calls: Cell::new(0),
            standing: RefCell::default(),
            queued: RefCell::default(),
            held: RefCell::default(),
            open: RefCell::default(),
            exchanges: RefCell::default(),
            lines: RefCell::default(),
            tasks: RefCell::default(),
            timers: RefCell::default(),
        })
    }

    /// Every exchange with `url` from now on ends with `answer`.
    pub fn answer(&self, url: &str, answer: FetchResult) {
        self.standing.borrow_mut().insert(url.to_owned(), answer);
    }

    /// The next exchange with `url` that has no earlier `answer_once` waiting ends with `answer`.
    pub fn answer_once(&self, url: &str, answer: FetchResult) {
        self.queued
            .borrow_mut()
            .entry(url.to_owned())
            .or_default()
            .push_back(answer);
    }

    /// Exchanges with `url` stay open until [`FakeEnvironment::release`].
    pub fn hold(&self, url: &str) {
        self.held.borrow_mut().insert(url.to_owned());
    }

    /// Ends the open exchanges with `url` and holds no more.
    pub fn release(&self, url: &str) {
        self.held.borrow_mut().remove(url);
        for (address, sender) in self.open.take() {
            if address == url {
                sender.send(self.next_answer(url)).unwrap_or_default();
            } else {
                self.open.borrow_mut().push((address, sender));
            }
        }
    }

    /// Moves the clock and fires the timers that fall due.
    pub fn advance(&self, duration: Duration) {
        self.now.set(self.now.get().plus(duration));
        for (due, sender) in self.timers.take() {
            if due <= self.now.get() {
                sender.send(()).unwrap_or_default();
            } else {
                self.timers.borrow_mut().push((due, sender));
            }
        }
    }

    /// Moves the clock to `now`, also backwards; no timer fires.
    pub fn set_clock(&self, now: UnixTime) {
        self.now.set(now);
    }

    /// The exchanges that were started, in order.
    pub fn exchanges(&self) -> Vec<FetchRequest> {
        self.exchanges.borrow().clone()
    }

    /// The addresses of the exchanges that were started, in order.
    pub fn urls(&self) -> Vec<String> {
        self.exchanges
            .borrow()
            .iter()
            .map(|exchange| exchange.url.to_string())
            .collect()
    }

    /// How many exchanges with `url` were started.
    pub fn count(&self, url: &str) -> usize {
        self.exchanges
            .borrow()
            .iter()
            .filter(|exchange| exchange.url.as_str() == url)
            .count()
    }

    /// The log so far.
    pub fn lines(&self) -> Vec<(LogLevel, String)> {
        self.lines.borrow().clone()
    }

    /// Polls the background tasks until none of them gets any further.
    pub fn run_background(&self) {
        loop {
            let tasks = self.tasks.take();
            let before = tasks.len();
            let waiting: Vec<_> = tasks
                .into_iter()
                .filter_map(|mut task| poll_once(task.as_mut()).is_pending().then_some(task))
                .collect();
            let spawned = self.tasks.take();
            let settled = waiting.len() == before && spawned.is_empty();
            self.tasks
                .borrow_mut()
                .extend(waiting.into_iter().chain(spawned));
            if settled {
                return;
            }
        }
    }

    /// Drops the background tasks, as an environment does that loses them.
    pub fn drop_background(&self) {
        self.tasks.borrow_mut().clear();
    }

    /// Polls `future`, and the background tasks where it waits, until it is done.
    pub fn run<T>(&self, future: impl Future<Output = T>) -> T {
        let mut future = pin!(future);
        for _ in 0..100 {
            if let Poll::Ready(output) = poll_once(future.as_mut()) {
                return output;
            }
            self.run_background();
        }
        panic!("the future waits for something that no step of the test brings");
    }

    fn next_answer(&self, url: &str) -> FetchResult {
        let queued = self
            .queued
            .borrow_mut()
            .get_mut(url)
            .and_then(VecDeque::pop_front);
        queued
            .or_else(|| self.standing.borrow().get(url).cloned())
            .unwrap_or_else(|| panic!("no answer for {url}"))
    }
}

impl Environment for FakeEnvironment {
    fn fetch(&self, request: FetchRequest) -> LocalBoxFuture<'static, FetchResult> {
        let url = request.url.to_string();
        let limit = request.limits.body;
        self.exchanges.borrow_mut().push(request);
        let answer = if self.held.borrow().contains(&url) {
            let (sender, receiver) = oneshot::channel();
            self.open.borrow_mut().push((url, sender));
            receiver
                .map(|answer| answer.unwrap_or(Err(TransportError::Broken)))
                .boxed_local()
        } else {
            futures::future::ready(self.next_answer(&url)).boxed_local()
        };
        answer
            .map(move |answer| answer.and_then(|fetched| within_limit(fetched, limit)))
            .boxed_local()
    }

    fn now(&self) -> UnixTime {
        self.now.get()
    }

    /// Each call fills with other bytes, and each test sees the same ones.
    fn fill_random(&self, bytes: &mut [u8]) {
        let call = self.random_calls.get() + 1;
        self.random_calls.set(call);
        for (index, chunk) in bytes.chunks_mut(32).enumerate() {
            let block = hmac_sha256::Hash::hash(format!("{call} {index}").as_bytes());
            chunk.copy_from_slice(&block[..chunk.len()]);
        }
    }

    fn log(&self, level: LogLevel, line: &str) {
        self.lines.borrow_mut().push((level, line.to_owned()));
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        self.tasks.borrow_mut().push(task);
    }

    fn process_state(&self) -> ProcessState {
        ProcessState {
            cpu_seconds: 1.5,
            resident_bytes: 1024,
            started: 1_767_225_600.25,
            restarts: 2,
            early_refusals: [("busy".to_owned(), 3)].into(),
        }
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let (sender, receiver) = oneshot::channel();
        self.timers
            .borrow_mut()
            .push((self.now.get().plus(duration), sender));
        receiver.map(drop).boxed_local()
    }
}

/// One step of `future`, for tests that look at what is not done yet.
pub fn poll_once<T>(future: Pin<&mut (impl Future<Output = T> + ?Sized)>) -> Poll<T> {
    future.poll(&mut Context::from_waker(Waker::noop()))
}

/// A response with status 200 and a body.
pub fn ok(body: impl Into<Vec<u8>>) -> FetchResult {
    respond(StatusCode::OK, &[], body)
}

/// A response with nothing but a status.
pub fn status(code: u16) -> FetchResult {
    respond(StatusCode::from_u16(code).unwrap(), &[], "")
}

/// A response with status, headers and body.
pub fn respond(
    status: StatusCode,
    headers: &[(&'static str, &str)],
    body: impl Into<Vec<u8>>,
) -> FetchResult {
    let headers = headers
        .iter()
        .map(|(name, value)| {
            (
                HeaderName::from_static(name),
                HeaderValue::from_str(value).unwrap(),
            )
        })
        .collect::<HeaderMap>();
    Ok(FetchResponse {
        status,
        headers,
        body: body.into(),
    })
}

fn within_limit(fetched: FetchResponse, limit: usize) -> FetchResult {
    if fetched.body.len() > limit {
        Err(TransportError::TooLarge)
    } else {
        Ok(fetched)
    }
}
