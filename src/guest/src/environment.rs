//! The domain's environment, made of the imports.

use std::time::Duration;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use gateway_domain::environment::{
    Environment, FetchRequest, FetchResponse, LogLevel, ProcessState, TransportError,
};
use gateway_domain::time::UnixTime;

use crate::{call_cell, imports, runtime, wire};

/// Bytes of the JSON about the process; it has five members.
const PROCESS_STATE: usize = 1024;

/// The outside world, as far as the Python host provides it.
pub struct HostEnvironment;

impl Environment for HostEnvironment {
    fn fetch(
        &self,
        request: FetchRequest,
    ) -> LocalBoxFuture<'static, Result<FetchResponse, TransportError>> {
        let (ticket, receiver) = runtime::await_fetch();
        let head = wire::fetch_head(&request);
        imports::start_fetch(call_cell::call(), ticket, &head, &request.body);
        receiver
            .map(|result| result.unwrap_or(Err(TransportError::Broken)))
            .boxed_local()
    }

    fn now(&self) -> UnixTime {
        call_cell::time()
    }

    /// The import `getRandomValues` of the host, which is `os.urandom` there. The module keeps no generator, so nothing of
    /// what one instance has drawn depends on the state of another.
    fn fill_random(&self, bytes: &mut [u8]) {
        if getrandom::fill(bytes).is_err() {
            wasm_bindgen::throw_str("the host has no random bytes");
        }
    }

    fn log(&self, level: LogLevel, line: &str) {
        imports::log(wire::log_level(level), line);
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        runtime::spawn(call_cell::call(), task);
    }

    fn process_state(&self) -> ProcessState {
        let mut json = [0; PROCESS_STATE];
        let length = imports::process_state(call_cell::call(), &mut json) as usize;
        wire::process_state(json.get(..length).unwrap_or_default())
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let (ticket, receiver) = runtime::await_timer();
        let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        imports::start_timer(call_cell::call(), ticket, milliseconds);
        receiver.map(|_| ()).boxed_local()
    }
}
