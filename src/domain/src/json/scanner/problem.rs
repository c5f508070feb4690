//! Why a scanner stops.

use std::fmt;

use crate::limits::{JSON_LEVELS, JSON_MEMBERS, JSON_NUMBER, JSON_VALUES};

/// What is wrong with a JSON text.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub(crate) enum Problem {
    /// The text is not an object.
    #[error("expected `{{` at the beginning")]
    NotAnObject,
    /// RFC 8259 has another character at this place.
    #[error("expected {expected}, but found {found}")]
    Unexpected {
        /// What is allowed there.
        expected: &'static str,
        /// What is there.
        found: Found,
    },
    /// One half of a UTF-16 surrogate pair, which no UTF-8 text can hold.
    #[error("expected both halves of an escaped surrogate pair, but found one")]
    LoneSurrogate,
    /// A number that is infinite as a 64-bit float.
    #[error("expected a number within the range of a 64-bit float, but found a larger one")]
    NumberTooLarge,
    /// A number with too many characters.
    #[error("expected a number of at most {JSON_NUMBER} characters, but found a longer one")]
    NumberTooLong,
    /// Too many containers in one another.
    #[error("expected at most {JSON_LEVELS} levels of objects and arrays, but found more")]
    TooDeep,
    /// Too many values in all.
    #[error("expected at most {JSON_VALUES} values, but found more")]
    TooManyValues,
    /// Too many members in an object that is edited.
    #[error("expected at most {JSON_MEMBERS} members, but found more")]
    TooManyMembers,
}

/// A byte, or the end of the text.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(crate) struct Found(pub(super) Option<u8>);

impl fmt::Display for Found {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.0 {
            None => formatter.write_str("the end"),
            Some(b'`') => formatter.write_str("a backtick"),
            Some(byte) if byte.is_ascii_graphic() => write!(formatter, "`{}`", char::from(byte)),
            Some(byte) => write!(formatter, "the byte 0x{byte:02x}"),
        }
    }
}
