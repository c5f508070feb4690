//! Dify's server-sent events, in whatever pieces they come (HTML Living Standard §9.2.6).

use crate::limits;

/// Reads a stream. What of it is not read yet is one event at most.
#[derive(Debug, Default)]
pub struct EventStream {
    line: Vec<u8>,
    /// Whether the line has a character, kept or not.
    has_begun: bool,
    name: Vec<u8>,
    data: Vec<u8>,
    is_after_cr: bool,
    is_too_large: bool,
    has_lost: bool,
}

/// One event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StreamEvent<'a> {
    /// The field `event`; empty where there is none.
    pub name: &'a [u8],
    /// The lines of the field `data`.
    pub data: &'a [u8],
}

impl EventStream {
    /// Reads a piece, and gives every event that ends in it to `take`, until that returns false.
    pub fn push(&mut self, piece: &[u8], mut take: impl FnMut(StreamEvent<'_>) -> bool) {
        for &byte in piece {
            let is_rest_of_crlf = self.is_after_cr && byte == b'\n';
            self.is_after_cr = byte == b'\r';
            match byte {
                b'\n' if is_rest_of_crlf => {}
                b'\n' | b'\r' => {
                    if !self.end_line(&mut take) {
                        return;
                    }
                }
                _ => {
                    self.has_begun = true;
                    self.add(byte);
                }
            }
        }
    }

    /// Whether an event was so large that it was left out.
    pub const fn has_lost(&self) -> bool {
        self.has_lost
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.line.capacity() + self.data.capacity()
    }

    fn add(&mut self, byte: u8) {
        if self.line.len() + self.data.len() < limits::MCP_EVENT {
            self.line.push(byte);
        } else {
            self.is_too_large = true;
        }
    }

    /// Whether the next line is wanted.
    fn end_line(&mut self, take: &mut impl FnMut(StreamEvent<'_>) -> bool) -> bool {
        if !std::mem::take(&mut self.has_begun) {
            return self.end_event(take);
        }
        let line = std::mem::take(&mut self.line);
        let (name, value) = match line.iter().position(|byte| *byte == b':') {
            Some(colon) => line.split_at(colon),
            None => (line.as_slice(), [].as_slice()),
        };
        let value = value.strip_prefix(b":").unwrap_or(value);
        let value = value.strip_prefix(b" ").unwrap_or(value);
        match name {
            b"data" if self.data.is_empty() => self.data = value.to_vec(),
            b"data" => {
                self.data.push(b'\n');
                self.data.extend_from_slice(value);
            }
            b"event" => self.name = value.to_vec(),
            _ => {}
        }
        true
    }

    fn end_event(&mut self, take: &mut impl FnMut(StreamEvent<'_>) -> bool) -> bool {
        let (name, data) = (
            std::mem::take(&mut self.name),
            std::mem::take(&mut self.data),
        );
        if std::mem::take(&mut self.is_too_large) {
            self.has_lost = true;
            return true;
        }
        if name.is_empty() && data.is_empty() {
            return true;
        }
        take(StreamEvent {
            name: &name,
            data: &data,
        })
    }
}
