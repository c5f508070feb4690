//! Numbers (RFC 8259 §6).

use std::str;

/// Which part of a number has been read.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Number {
    /// The sign.
    Minus,
    /// A zero, which no digit may follow.
    Zero,
    /// The integer part.
    Integer,
    /// The decimal point.
    Point,
    /// Digits after the point.
    Fraction,
    /// The `e` of an exponent.
    Exponent,
    /// The sign of the exponent.
    ExponentSign,
    /// Digits of the exponent.
    ExponentDigits,
}

/// As many digits always fit into a 64-bit float, whose largest value has 309.
const ALWAYS_FINITE: usize = 308;

impl Number {
    /// The number that `byte` begins.
    pub(super) const fn begun_by(byte: u8) -> Option<Self> {
        match byte {
            b'-' => Some(Self::Minus),
            b'0' => Some(Self::Zero),
            b'1'..=b'9' => Some(Self::Integer),
            _ => None,
        }
    }

    /// The number with `byte` at its end; `None` where `byte` does not belong to it.
    pub(super) const fn with(self, byte: u8) -> Option<Self> {
        match (self, byte) {
            (Self::Minus, b'0') => Some(Self::Zero),
            (Self::Minus, b'1'..=b'9') | (Self::Integer, b'0'..=b'9') => Some(Self::Integer),
            (Self::Zero | Self::Integer, b'.') => Some(Self::Point),
            (Self::Point | Self::Fraction, b'0'..=b'9') => Some(Self::Fraction),
            (Self::Zero | Self::Integer | Self::Fraction, b'e' | b'E') => Some(Self::Exponent),
            (Self::Exponent, b'+' | b'-') => Some(Self::ExponentSign),
            (Self::Exponent | Self::ExponentSign | Self::ExponentDigits, b'0'..=b'9') => {
                Some(Self::ExponentDigits)
            }
            _ => None,
        }
    }

    /// Whether the number may end here.
    pub(super) const fn is_complete(self) -> bool {
        matches!(
            self,
            Self::Zero | Self::Integer | Self::Fraction | Self::ExponentDigits
        )
    }

    /// Whether `text`, which is this number, is finite as a 64-bit float.
    pub(super) fn is_finite(self, text: &[u8]) -> bool {
        if self != Self::ExponentDigits && text.len() <= ALWAYS_FINITE {
            return true;
        }
        str::from_utf8(text)
            .ok()
            .and_then(|text| text.parse::<f64>().ok())
            .is_some_and(f64::is_finite)
    }
}
