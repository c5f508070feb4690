//! Escapes in strings (RFC 8259 §7).

use super::problem::{Found, Problem};

/// Which part of an escape has been read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Escape {
    /// The backslash.
    Backslash,
    /// `\u`, of whose four digits `left` are missing. `high` is the surrogate that came before it.
    Unit {
        left: u8,
        value: u16,
        high: Option<u16>,
    },
    /// A high surrogate, which a second escape must follow.
    HighSurrogate(u16),
    /// A high surrogate and a backslash.
    SecondBackslash(u16),
}

/// What an escape is after one more byte.
pub(super) enum Progress {
    /// Not complete.
    Within(Escape),
    /// This character.
    Character(char),
}

impl Escape {
    /// The escape with `byte` at its end.
    pub(super) fn with(self, byte: u8) -> Result<Progress, Problem> {
        match (self, byte) {
            (Self::Backslash, b'u') => Ok(Progress::Within(Self::unit_after(None))),
            (Self::Backslash, _) => simple(byte).map(Progress::Character),
            (Self::Unit { left, value, high }, _) => {
                let value = value << 4 | digit(byte)?;
                match left {
                    1 => complete(high, value),
                    _ => Ok(Progress::Within(Self::Unit {
                        left: left - 1,
                        value,
                        high,
                    })),
                }
            }
            (Self::HighSurrogate(high), b'\\') => Ok(Progress::Within(Self::SecondBackslash(high))),
            (Self::SecondBackslash(high), b'u') => {
                Ok(Progress::Within(Self::unit_after(Some(high))))
            }
            (Self::HighSurrogate(_) | Self::SecondBackslash(_), _) => Err(Problem::LoneSurrogate),
        }
    }

    const fn unit_after(high: Option<u16>) -> Self {
        Self::Unit {
            left: 4,
            value: 0,
            high,
        }
    }
}

/// The character of `unit`, or of the pair that it makes with the surrogate `high`.
fn complete(high: Option<u16>, unit: u16) -> Result<Progress, Problem> {
    if high.is_none() && (0xd800..0xdc00).contains(&unit) {
        return Ok(Progress::Within(Escape::HighSurrogate(unit)));
    }
    let mut characters = char::decode_utf16(high.into_iter().chain([unit]));
    match characters.next() {
        Some(Ok(character)) => Ok(Progress::Character(character)),
        _ => Err(Problem::LoneSurrogate),
    }
}

fn simple(byte: u8) -> Result<char, Problem> {
    match byte {
        b'"' | b'\\' | b'/' => Ok(char::from(byte)),
        b'b' => Ok('\u{8}'),
        b'f' => Ok('\u{c}'),
        b'n' => Ok('\n'),
        b'r' => Ok('\r'),
        b't' => Ok('\t'),
        _ => Err(Problem::Unexpected {
            expected: r#"one of `"\/bfnrtu` after a backslash"#,
            found: Found(Some(byte)),
        }),
    }
}

fn digit(byte: u8) -> Result<u16, Problem> {
    let digit = char::from(byte).to_digit(16);
    digit
        .and_then(|digit| u16::try_from(digit).ok())
        .ok_or(Problem::Unexpected {
            expected: "a hexadecimal digit",
            found: Found(Some(byte)),
        })
}
