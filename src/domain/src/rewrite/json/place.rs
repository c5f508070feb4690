//! Places in a body, as an editor shows them.

use std::fmt;

use super::WINDOW;
use crate::request::Body;

/// A line and a column, both from 1. Columns are bytes.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) struct Place {
    line: usize,
    column: usize,
}

impl Place {
    /// The place of the byte at `offset`. This reads the body up to there, so it is only for a refusal.
    pub(super) fn of(body: &dyn Body, offset: usize) -> Self {
        let mut window = vec![0; WINDOW.min(offset)];
        let (mut read, mut line, mut line_start) = (0, 1, 0);
        while read < offset {
            let fitting = window.len().min(offset - read);
            let bytes = window.get_mut(..fitting).unwrap_or_default();
            let count = body.read_at(read, bytes);
            let bytes = bytes.get(..count).unwrap_or_default();
            for position in memchr::memchr_iter(b'\n', bytes) {
                line += 1;
                line_start = read + position + 1;
            }
            if count == 0 {
                break;
            }
            read += count;
        }
        Self {
            line,
            column: offset - line_start + 1,
        }
    }
}

impl fmt::Display for Place {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "at line {} column {}", self.line, self.column)
    }
}
