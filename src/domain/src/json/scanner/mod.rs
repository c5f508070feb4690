//! Reads a JSON object piece by piece. It checks every byte, and needs no more memory than one number has.
//!
//! It is not a library's parser, because a body has up to 10 MiB, stays with the host, and must be read with pauses in
//! which other requests run. `serde_json` reads a text without a pause, and either copies its strings or does not check
//! them; `json-event-parser` and `actson` keep a whole string in memory; `struson` calls itself experimental and slow.
//! The grammar has a dozen states. Property tests and a fuzz target compare the result with that of `serde_json`.

mod escape;
mod levels;
mod number;
mod problem;
#[cfg(test)]
mod tests;

use escape::{Escape, Progress};
use levels::Levels;
use number::Number;

pub(crate) use problem::Problem;

use crate::limits;
use problem::Found;

/// Bytes of a name or a string that an [`Event`] has: more than any text has with which a [`Reader`] compares it.
const SHOWN_TEXT: usize = 32;

/// A [`Reader`] gets the events within at most as many containers.
const SHOWN_LEVELS: usize = 2;

/// What was read in one of the two outermost levels of a text.
#[derive(Debug)]
pub(crate) enum Event<'a> {
    /// A member's name, whose opening quote is at `at`. `text` is its beginning, unescaped.
    Name { at: usize, text: &'a [u8] },
    /// A value ends before `at`.
    ValueEnd { at: usize, value: Value<'a> },
}

/// A value that has ended.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) enum Value<'a> {
    /// `null`.
    Null,
    /// An object.
    Object,
    /// A string, with its beginning, unescaped.
    Text(&'a [u8]),
    /// Something else.
    Other,
}

/// Receives the events of a text.
pub(crate) trait Reader {
    /// `event` is within `level` containers.
    fn event(&mut self, level: usize, event: Event<'_>) -> Result<(), Problem>;
}

/// What has been read of a text.
#[derive(Debug)]
pub(crate) struct Scanner {
    state: State,
    levels: Levels,
    values: usize,
    /// The place of the next byte.
    offset: usize,
    /// Where the current name begins.
    name_at: usize,
    is_name: bool,
    /// The beginning of the current string, unescaped, or the current number.
    token: Vec<u8>,
}

#[derive(Clone, Copy, Debug)]
enum State {
    /// Before the object.
    Start,
    /// An object has begun.
    FirstName,
    /// After a comma in an object.
    Name,
    /// After a name.
    Colon,
    /// An array has begun.
    FirstElement,
    /// After a colon, or a comma in an array.
    Value,
    /// After a value in a container.
    Next,
    /// After the object.
    End,
    /// Within a string.
    Text,
    /// Within an escape of a string.
    Escape(Escape),
    /// Within `true`, `false` or `null`, of which this is missing.
    Literal(&'static [u8], Value<'static>),
    /// Within a number.
    Number(Number),
}

impl Scanner {
    /// A scanner of the text that begins at `offset`.
    pub(crate) fn at(offset: usize) -> Self {
        Self {
            state: State::Start,
            levels: Levels::default(),
            values: 0,
            offset,
            name_at: offset,
            is_name: false,
            token: Vec::new(),
        }
    }

    /// The place of the next byte: after an error, of the byte that was not expected.
    pub(crate) const fn offset(&self) -> usize {
        self.offset
    }

    /// Reads the next bytes, which are UTF-8.
    pub(crate) fn feed(&mut self, piece: &[u8], reader: &mut impl Reader) -> Result<(), Problem> {
        let mut rest = piece;
        while let Some((byte, after)) = rest.split_first() {
            let plain = match self.state {
                State::Text => plain_length(rest),
                _ => 0,
            };
            // Most bytes of most bodies are within strings, so they are not looked at one by one.
            if let Some((text, after)) = rest.split_at_checked(plain).filter(|_| plain > 0) {
                self.show(text);
                self.offset += plain;
                rest = after;
                continue;
            }
            self.step(*byte, reader)?;
            self.offset += 1;
            rest = after;
        }
        Ok(())
    }

    /// There are no more bytes.
    pub(crate) const fn end(&self) -> Result<(), Problem> {
        match self.state {
            State::End => Ok(()),
            State::Start => Err(Problem::NotAnObject),
            _ => Err(Problem::Unexpected {
                expected: self.expected(),
                found: Found(None),
            }),
        }
    }

    fn step(&mut self, byte: u8, reader: &mut impl Reader) -> Result<(), Problem> {
        if let State::Number(number) = self.state {
            if let Some(number) = number.with(byte) {
                return self.number(number, byte);
            }
            // Only the byte after a number tells that it has ended.
            self.end_number(number, byte, reader)?;
        }
        match (self.state, byte) {
            (State::Text, b'"') => self.end_text(reader),
            (State::Text, b'\\') => self.go(State::Escape(Escape::Backslash)),
            (State::Escape(escape), _) => self.escape(escape, byte),
            (State::Literal(rest, value), _) => self.literal(rest, value, byte, reader),
            (State::Text, _) => Err(self.unexpected(byte)),
            (_, b' ' | b'\t' | b'\n' | b'\r') => Ok(()),
            (State::Start, b'{') => self.open(true),
            (State::Start, _) => Err(Problem::NotAnObject),
            (State::FirstName | State::Name, b'"') => self.begin_text(true),
            (State::FirstName, b'}') | (State::FirstElement, b']') => self.close(reader),
            (State::Colon, b':') => self.go(State::Value),
            (State::FirstElement | State::Value, _) => self.begin_value(byte),
            (State::Next, b',') if self.levels.is_in_object() => self.go(State::Name),
            (State::Next, b',') => self.go(State::Value),
            (State::Next, b'}') if self.levels.is_in_object() => self.close(reader),
            (State::Next, b']') if !self.levels.is_in_object() => self.close(reader),
            _ => Err(self.unexpected(byte)),
        }
    }

    fn go(&mut self, state: State) -> Result<(), Problem> {
        self.state = state;
        Ok(())
    }

    fn begin_value(&mut self, byte: u8) -> Result<(), Problem> {
        if self.values == limits::JSON_VALUES {
            return Err(Problem::TooManyValues);
        }
        self.values += 1;
        match byte {
            b'"' => self.begin_text(false),
            b'{' => self.open(true),
            b'[' => self.open(false),
            b't' => self.go(State::Literal(b"rue", Value::Other)),
            b'f' => self.go(State::Literal(b"alse", Value::Other)),
            b'n' => self.go(State::Literal(b"ull", Value::Null)),
            _ => {
                let number = Number::begun_by(byte).ok_or_else(|| self.unexpected(byte))?;
                self.token.clear();
                self.number(number, byte)
            }
        }
    }

    fn end_value(
        &mut self,
        at: usize,
        value: Value<'_>,
        reader: &mut impl Reader,
    ) -> Result<(), Problem> {
        self.state = State::Next;
        self.tell(Event::ValueEnd { at, value }, reader)
    }

    fn open(&mut self, is_object: bool) -> Result<(), Problem> {
        self.levels.open(is_object)?;
        self.go(if is_object {
            State::FirstName
        } else {
            State::FirstElement
        })
    }

    fn close(&mut self, reader: &mut impl Reader) -> Result<(), Problem> {
        let value = if self.levels.is_in_object() {
            Value::Object
        } else {
            Value::Other
        };
        self.levels.close();
        if self.levels.depth() == 0 {
            return self.go(State::End);
        }
        self.end_value(self.offset + 1, value, reader)
    }

    fn begin_text(&mut self, is_name: bool) -> Result<(), Problem> {
        self.token.clear();
        self.is_name = is_name;
        if is_name {
            self.name_at = self.offset;
        }
        self.go(State::Text)
    }

    fn end_text(&mut self, reader: &mut impl Reader) -> Result<(), Problem> {
        let token = std::mem::take(&mut self.token);
        let text = token.as_slice();
        let result = if self.is_name {
            self.state = State::Colon;
            let at = self.name_at;
            self.tell(Event::Name { at, text }, reader)
        } else {
            self.end_value(self.offset + 1, Value::Text(text), reader)
        };
        // Its memory serves the next token.
        self.token = token;
        result
    }

    fn escape(&mut self, escape: Escape, byte: u8) -> Result<(), Problem> {
        match escape.with(byte)? {
            Progress::Within(escape) => self.go(State::Escape(escape)),
            Progress::Character(character) => {
                self.show(character.encode_utf8(&mut [0; 4]).as_bytes());
                self.go(State::Text)
            }
        }
    }

    fn literal(
        &mut self,
        rest: &'static [u8],
        value: Value<'static>,
        byte: u8,
        reader: &mut impl Reader,
    ) -> Result<(), Problem> {
        match rest.split_first() {
            Some((expected, [])) if *expected == byte => {
                self.end_value(self.offset + 1, value, reader)
            }
            Some((expected, rest)) if *expected == byte => self.go(State::Literal(rest, value)),
            _ => Err(self.unexpected(byte)),
        }
    }

    fn number(&mut self, number: Number, byte: u8) -> Result<(), Problem> {
        if self.token.len() == limits::JSON_NUMBER {
            return Err(Problem::NumberTooLong);
        }
        self.token.push(byte);
        self.go(State::Number(number))
    }

    fn end_number(
        &mut self,
        number: Number,
        after: u8,
        reader: &mut impl Reader,
    ) -> Result<(), Problem> {
        if !number.is_complete() {
            return Err(self.unexpected(after));
        }
        if !number.is_finite(&self.token) {
            return Err(Problem::NumberTooLarge);
        }
        self.end_value(self.offset, Value::Other, reader)
    }

    /// Keeps the beginning of a string for the reader.
    fn show(&mut self, text: &[u8]) {
        let room = SHOWN_TEXT.saturating_sub(self.token.len());
        self.token.extend(text.iter().take(room));
    }

    fn tell(&self, event: Event<'_>, reader: &mut impl Reader) -> Result<(), Problem> {
        match self.levels.depth() {
            level @ ..=SHOWN_LEVELS => reader.event(level, event),
            _ => Ok(()),
        }
    }

    const fn unexpected(&self, byte: u8) -> Problem {
        Problem::Unexpected {
            expected: self.expected(),
            found: Found(Some(byte)),
        }
    }

    const fn expected(&self) -> &'static str {
        match self.state {
            State::Start => "`{`",
            State::FirstName => "a name in double quotes or `}`",
            State::Name => "a name in double quotes",
            State::Colon => "`:`",
            State::FirstElement => "a value or `]`",
            State::Value => "a value",
            State::Next if self.levels.is_in_object() => "`,` or `}`",
            State::Next => "`,` or `]`",
            State::End => "nothing after the object",
            State::Text => {
                "a character of a string, with control characters escaped, or its closing quote"
            }
            State::Escape(_) => "the rest of an escape",
            State::Literal(..) => "`true`, `false` or `null`",
            State::Number(_) => "a digit",
        }
    }
}

/// How many bytes of a string come before a quote, a backslash or a control character.
fn plain_length(text: &[u8]) -> usize {
    text.iter()
        .position(|byte| matches!(byte, b'"' | b'\\' | 0..0x20))
        .unwrap_or(text.len())
}
