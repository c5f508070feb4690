//! Turns for other requests while a long body is read. All requests of the process run on one thread.

use std::time::Duration;

use crate::environment::Environment;

/// Bytes between two turns: a few milliseconds at the slowest, and no turn at all for what most clients send.
const BYTES_IN_A_ROW: usize = 256 * 1024;

/// Longer than zero, because the environment's event loop serves sockets only before a timer, not before a task that
/// is ready at once.
const PAUSE: Duration = Duration::from_millis(1);

/// Counts the bytes of one body.
pub(super) struct Turns<'a> {
    environment: &'a dyn Environment,
    bytes: usize,
}

impl<'a> Turns<'a> {
    /// Nothing has been read yet.
    pub(super) const fn new(environment: &'a dyn Environment) -> Self {
        Self {
            environment,
            bytes: 0,
        }
    }

    /// Notes `count` more bytes, and waits where it is others' turn.
    pub(super) async fn after(&mut self, count: usize) {
        self.bytes += count;
        if self.bytes >= BYTES_IN_A_ROW {
            self.bytes = 0;
            self.environment.sleep(PAUSE).await;
        }
    }
}
