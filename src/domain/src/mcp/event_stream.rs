//! Dify's server-sent events, in whatever pieces they come (HTML Living Standard §9.2.6).

use memchr::memchr2;

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
}

/// One event.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct StreamEvent<'a> {
    /// The field `event`; empty where there is none.
    pub name: &'a [u8],
    /// The lines of the field `data`.
    pub data: &'a [u8],
    /// Whether the event was larger than it may be, so that this is its beginning.
    pub is_cut: bool,
}

impl EventStream {
    /// Reads a piece, and gives every event that ends in it to `take`, until that returns false.
    pub fn push(&mut self, piece: &[u8], mut take: impl FnMut(StreamEvent<'_>) -> bool) {
        let mut rest = piece;
        if let (true, [b'\n', after @ ..]) = (self.is_after_cr, rest) {
            rest = after;
        }
        self.is_after_cr &= piece.is_empty();
        while let Some(at) = memchr2(b'\n', b'\r', rest) {
            let (line, end) = rest.split_at(at);
            self.add(line);
            rest = match end {
                [b'\r', b'\n', after @ ..] | [_, after @ ..] => after,
                [] => end,
            };
            self.is_after_cr = end == b"\r";
            if !self.end_line(&mut take) {
                return;
            }
        }
        self.add(rest);
    }

    /// What it takes in memory.
    pub fn bytes(&self) -> usize {
        self.line.capacity() + self.data.capacity()
    }

    fn add(&mut self, bytes: &[u8]) {
        self.has_begun |= !bytes.is_empty();
        let held = self.line.len() + self.data.len();
        let room = limits::MCP_EVENT.saturating_sub(held);
        let kept = bytes.get(..room).unwrap_or(bytes);
        self.is_too_large |= kept.len() < bytes.len();
        self.line.extend_from_slice(kept);
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
        let is_cut = std::mem::take(&mut self.is_too_large);
        if name.is_empty() && data.is_empty() {
            return true;
        }
        take(StreamEvent {
            name: &name,
            data: &data,
            is_cut,
        })
    }
}
