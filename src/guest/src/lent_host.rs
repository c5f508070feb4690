//! The domain's host, made of the imports.

use std::time::Duration;

use futures::FutureExt;
use futures::future::LocalBoxFuture;
use gateway_domain::host::{Exchange, Fetched, Host, LogLevel, TransportError};
use gateway_domain::time::UnixTime;

use crate::{current_call, imports, runtime, wire};

/// The outside world, as far as the Python host lends it.
pub struct LentHost;

impl Host for LentHost {
    fn exchange(
        &self,
        request: Exchange,
    ) -> LocalBoxFuture<'static, Result<Fetched, TransportError>> {
        let (exchange, receiver) = runtime::await_exchange();
        let head = wire::exchange_head(&request);
        imports::start_exchange(current_call::number(), exchange, &head, &request.body);
        receiver
            .map(|delivered| delivered.unwrap_or(Err(TransportError::Broken)))
            .boxed_local()
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_millis(milliseconds(imports::now()))
    }

    fn log(&self, level: LogLevel, line: &str) {
        imports::log(wire::log_level(level), line);
    }

    fn spawn(&self, task: LocalBoxFuture<'static, ()>) {
        runtime::spawn(current_call::number(), task);
    }

    fn sleep(&self, duration: Duration) -> LocalBoxFuture<'static, ()> {
        let (timer, receiver) = runtime::await_timer();
        let milliseconds = u32::try_from(duration.as_millis()).unwrap_or(u32::MAX);
        imports::start_timer(current_call::number(), timer, milliseconds);
        receiver.map(|_| ()).boxed_local()
    }
}

/// JavaScript's `Date.now()` as an integer; it is whole, positive and below 2^53.
#[expect(clippy::cast_possible_truncation, clippy::cast_sign_loss)]
fn milliseconds(date_now: f64) -> u64 {
    date_now as u64
}
