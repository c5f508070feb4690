//! Turns for other requests while a long body is read. All requests of the process run on one thread.

use std::time::Duration;

use crate::environment::Environment;
use crate::limits;

/// Not zero: the host's event loop runs what is ready at once in batches, and looks at its sockets only between them.
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

    /// Notes `count` more bytes, and pauses when it is the others' turn.
    pub(super) async fn after(&mut self, count: usize) {
        self.bytes += count;
        if self.bytes >= limits::BODY_TURN {
            self.bytes = 0;
            self.environment.sleep(PAUSE).await;
        }
    }
}
