//! What the plugin and the daemon have logged, kept for tests.

use std::sync::{Mutex, PoisonError};

/// One line of the daemon's log.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogLine {
    /// Who wrote it.
    pub source: LogSource,
    /// The text without the line's end.
    pub text: String,
}

/// Who wrote a line.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LogSource {
    /// The stand-in itself, at the points where the real daemon logs.
    Daemon,
    /// The plugin, through the SDK's logger.
    Event {
        /// Python's level name, such as `INFO`.
        level: String,
    },
    /// The plugin's stderr.
    Stderr,
    /// A line of the plugin's stdout that is not a message of the protocol.
    Stdout,
}

/// The log of one daemon.
#[derive(Debug, Default)]
pub(crate) struct Log {
    lines: Mutex<Vec<LogLine>>,
}

impl Log {
    pub(crate) fn write(&self, source: LogSource, text: impl Into<String>) {
        let line = LogLine {
            source,
            text: text.into(),
        };
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .push(line);
    }

    pub(crate) fn forget(&self) {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clear();
    }

    pub(crate) fn lines(&self) -> Vec<LogLine> {
        self.lines
            .lock()
            .unwrap_or_else(PoisonError::into_inner)
            .clone()
    }
}
