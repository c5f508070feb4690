//! The domain's environment, made of the imports.

use std::time::Duration;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use gateway_domain::environment::{
    Environment, FetchRequest, FetchResponse, LogLevel, TransportError,
};
use gateway_domain::time::UnixTime;

use crate::{entry, imports, runtime, wire};

/// The outside world, as far as the Python host lends it.
pub struct LentEnvironment;

impl Environment for LentEnvironment {
    fn fetch(
        &self,
        request: FetchRequest,
    ) -> LocalBoxFuture<'static, Result<FetchResponse, TransportError>> {
        let (exchange, receiver) = runtime::await_exchange();
        let head = wire::exchange_head(&request);
        imports::start_exchange(entry::call(), exchange, &head, &request.body);
        receiver
            .map(|delivered| delivered.unwrap_or(Err(TransportError::Broken)))
            .boxed_local()
    }

    fn now(&self) -> UnixTime {
        entry::time()
    }

    fn log(&self, level: LogLevel, line: &str) {
        imports::log(wire::log_level(level), line);
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        runtime::spawn(entry::call(), task);
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let (timer, receiver) = runtime::await_timer();
        let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        imports::start_timer(entry::call(), timer, milliseconds);
        receiver.map(|_| ()).boxed_local()
    }
}
