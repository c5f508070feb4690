//! Finds the delimiter in a body that is read window by window.

use memchr::memmem::Finder;

use crate::request::Body;
use crate::rewrite::turns::Turns;

/// Bytes in memory at once. Werkzeug reads as many at a time.
const WINDOW: usize = 64 * 1024;

/// Bytes after a delimiter that tell what it is: `--` or CRLF.
const LOOK_AHEAD: usize = 2;

/// One place of the delimiter's bytes.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Mark {
    /// Where they begin.
    pub(super) at: usize,
    /// Where they end.
    pub(super) end: usize,
    /// The byte before them. `None` at the start of the body.
    pub(super) before: Option<u8>,
    /// What follows them.
    pub(super) after: After,
}

/// What follows the bytes of a delimiter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum After {
    /// `--`: the last delimiter.
    Close,
    /// The end of the body, or too few bytes to tell.
    End,
    /// A line break: a part follows.
    LineBreak(LineBreak),
    /// Something else: these bytes are content.
    Other,
    /// White space, or a carriage return alone: whether werkzeug takes this for a delimiter depends on where its pieces end.
    Padding,
}

/// How the lines of a part's head end.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum LineBreak {
    /// As RFC 2046 §4.1.1 requires.
    Crlf,
    /// As some clients send it.
    Lf,
}

impl LineBreak {
    /// The bytes of one.
    pub(super) const fn as_str(self) -> &'static str {
        match self {
            Self::Crlf => "\r\n",
            Self::Lf => "\n",
        }
    }

    /// How many bytes one has.
    pub(super) const fn length(self) -> usize {
        self.as_str().len()
    }
}

/// Searches a body of which one window is in memory.
pub(super) struct Scanner<'a> {
    body: &'a dyn Body,
    finder: Finder<'a>,
    window: Vec<u8>,
    start: usize,
    turns: Turns<'a>,
}

impl<'a> Scanner<'a> {
    /// A scanner that has read nothing yet.
    pub(super) fn new(body: &'a dyn Body, delimiter: &'a [u8], turns: Turns<'a>) -> Self {
        Self {
            body,
            finder: Finder::new(delimiter),
            window: Vec::new(),
            start: 0,
            turns,
        }
    }

    /// The first place at or after `from`.
    pub(super) async fn find(&mut self, from: usize) -> Option<Mark> {
        let length = self.finder.needle().len();
        let mut from = from;
        loop {
            self.show(from.saturating_sub(1), length + LOOK_AHEAD + 1)
                .await;
            let searched = self.window.get(from - self.start..)?;
            let Some(position) = self.finder.find(searched) else {
                if self.window_end() >= self.body.len() {
                    return None;
                }
                from = (self.window_end() + 1 - length).max(from + 1);
                continue;
            };
            let at = from + position;
            let complete = at + length + LOOK_AHEAD <= self.window_end()
                || self.window_end() >= self.body.len();
            if complete {
                return Some(self.mark(at, length));
            }
            from = at;
        }
    }

    fn mark(&self, at: usize, length: usize) -> Mark {
        let byte = |index: usize| self.window.get(index.checked_sub(self.start)?).copied();
        let after = match (byte(at + length), byte(at + length + 1)) {
            (Some(b'-'), Some(b'-')) => After::Close,
            (Some(b'\r'), Some(b'\n')) => After::LineBreak(LineBreak::Crlf),
            (Some(b'\n'), _) => After::LineBreak(LineBreak::Lf),
            (None, _) | (Some(b'-' | b'\r'), None) => After::End,
            (Some(b'\r' | b' ' | b'\t' | 0x0b | 0x0c), _) => After::Padding,
            _ => After::Other,
        };
        Mark {
            at,
            end: at + length,
            before: at.checked_sub(1).and_then(byte),
            after,
        }
    }

    /// Moves the window so that it has at least `count` bytes from `from` on, or all that there are.
    async fn show(&mut self, from: usize, count: usize) {
        let is_shown = self.start <= from
            && (from + count <= self.window_end() || self.window_end() >= self.body.len());
        if is_shown && !self.window.is_empty() {
            return;
        }
        let rest = self.body.len().saturating_sub(from);
        self.window.resize(WINDOW.min(rest), 0);
        let read = self.body.read_at(from, &mut self.window);
        self.window.truncate(read);
        self.start = from;
        self.turns.after(read).await;
    }

    fn window_end(&self) -> usize {
        self.start + self.window.len()
    }
}
