//! Claims by their JSON type. A claim of another type is an error and never "absent": a check that an attacker can
//! switch off with a quotation mark is none.

use serde_json::{Number, Value};

use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::json::shown;
use crate::time::UnixTime;

/// A string.
pub(super) fn text<'a>(claims: &'a Claims, name: &str) -> Result<Option<&'a str>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) => Ok(Some(text)),
        Some(other) => Err(wrong_type(name, other, "a string")),
    }
}

/// A string, or an array of strings.
pub(super) fn texts<'a>(claims: &'a Claims, name: &str) -> Result<Option<Vec<&'a str>>, Refusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let texts = match value {
        Value::String(text) => Some(vec![text.as_str()]),
        Value::Array(values) => values.iter().map(Value::as_str).collect(),
        _ => None,
    };
    match texts {
        None => Err(wrong_type(name, value, "a string or an array of strings")),
        texts => Ok(texts),
    }
}

/// A `NumericDate`: seconds since the epoch, fractions allowed (RFC 7519 §2). What lies beyond the end of
/// [`UnixTime`] is that end.
pub(super) fn date(claims: &Claims, name: &str) -> Result<Option<UnixTime>, Refusal> {
    match claims.get(name) {
        None => Ok(None),
        Some(value) => match value.as_number().and_then(point_in_time) {
            None => Err(wrong_type(name, value, "a number of seconds since 1970")),
            point => Ok(point),
        },
    }
}

fn point_in_time(seconds: &Number) -> Option<UnixTime> {
    if let Some(seconds) = seconds.as_u64() {
        return Some(UnixTime::from_secs(seconds));
    }
    let seconds = seconds.as_f64().filter(|seconds| *seconds >= 0.0)?;
    // `as` saturates, and drops what is finer than a millisecond.
    Some(UnixTime::from_millis((seconds * 1000.0) as u64))
}

pub(super) fn wrong_type(name: &str, value: &Value, expected: &str) -> Refusal {
    let message = format!(
        "The token's claim `{name}` is {}; it must be {expected}.",
        shown(value)
    );
    Refusal::new(Code::TokenClaimInvalid, message)
}
