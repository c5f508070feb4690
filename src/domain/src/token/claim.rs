//! Claims by their JSON type. A claim of another type is an error and never "absent": a check that an attacker can
//! switch off with a quotation mark would not be a check.

use serde_json::Value;

use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::json::shown;
use crate::time::UnixTime;

/// The end of the year 9999. Later dates are mistakes: milliseconds, or a number that stands for "never".
const LAST_SECOND: f64 = 253_402_300_799.0;

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

/// The audiences. An empty string names nobody, and `aud` without an audience counts as absent: Hydra and others write
/// `[]` where nobody asked for one.
pub(super) fn audiences(claims: &Claims) -> Result<Option<Vec<&str>>, Refusal> {
    let mut audiences = texts(claims, "aud")?.unwrap_or_default();
    audiences.retain(|audience| !audience.is_empty());
    Ok(Some(audiences).filter(|audiences| !audiences.is_empty()))
}

/// Whether the token names anybody that it is meant for.
pub(super) fn has_audience(claims: &Claims) -> bool {
    audiences(claims).is_ok_and(|audiences| audiences.is_some())
}

/// A `NumericDate`: seconds since the epoch, fractions allowed (RFC 7519 §2).
pub(super) fn date(claims: &Claims, name: &str) -> Result<Option<UnixTime>, Refusal> {
    let Some(value) = claims.get(name) else {
        return Ok(None);
    };
    let seconds = value.as_f64().filter(|seconds| *seconds >= 0.0);
    let seconds =
        seconds.ok_or_else(|| wrong_type(name, value, "a number of seconds since 1970"))?;
    if seconds > LAST_SECOND {
        return Err(too_late(name, value, seconds));
    }
    // Whole numbers of this size are exact, and `as` drops what is finer than a millisecond.
    Ok(Some(UnixTime::from_millis((seconds * 1000.0) as u64)))
}

fn too_late(name: &str, value: &Value, seconds: f64) -> Refusal {
    let found = format!("The token's claim `{name}` is {}", shown(value));
    let message = if seconds / 1000.0 <= LAST_SECOND {
        format!(
            "{found}, which is a number of milliseconds; it must be a number of seconds since 1970 (RFC 7519 §2). Have \
             the identity provider write seconds."
        )
    } else {
        format!(
            "{found}, which is beyond the year 9999; it must be a number of seconds since 1970 (RFC 7519 §2)."
        )
    };
    Refusal::new(Code::TokenClaimInvalid, message)
}

pub(super) fn wrong_type(name: &str, value: &Value, expected: &str) -> Refusal {
    let message = format!(
        "The token's claim `{name}` is {}; it must be {expected}.",
        shown(value)
    );
    Refusal::new(Code::TokenClaimInvalid, message)
}
