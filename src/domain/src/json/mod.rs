//! Strict JSON: no duplicate member at any level, a depth limit, nothing after the value.

use serde_json::{Map, Value};

pub(crate) mod scanner;
mod shown;
mod strict;
#[cfg(test)]
mod tests;
mod text;

pub(crate) use shown::shown;
pub use text::text;

/// The text is not a JSON object in the strict form.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum InvalidJson {
    /// Two members have the same name, compared after unescaping.
    #[error("the member `{0}` occurs twice")]
    DuplicateMember(String),
    /// Not an array.
    #[error("it is not a JSON array")]
    NotAnArray,
    /// Not an object.
    #[error("it is not a JSON object")]
    NotAnObject,
    /// Not JSON, with the place.
    #[error("it is not JSON: {0}")]
    Syntax(String),
    /// More values than the limit.
    #[error("it has more than {0} values")]
    TooMany(usize),
    /// Deeper than the limit.
    #[error("it is nested deeper than {0} levels")]
    TooDeep(usize),
}

/// Parses a JSON object whose objects and arrays are at most `max_depth` deep; the object itself is the first level.
/// More than 127 levels are never accepted.
pub fn parse_object(bytes: &[u8], max_depth: usize) -> Result<Map<String, Value>, InvalidJson> {
    match strict::parse(bytes, max_depth, usize::MAX)? {
        Value::Object(members) => Ok(members),
        _ => Err(InvalidJson::NotAnObject),
    }
}

/// As [`parse_object`], with at most `most_values` values in it, also within others.
pub fn parse_small_object(
    bytes: &[u8],
    max_depth: usize,
    most_values: usize,
) -> Result<Map<String, Value>, InvalidJson> {
    match strict::parse(bytes, max_depth, most_values)? {
        Value::Object(members) => Ok(members),
        _ => Err(InvalidJson::NotAnObject),
    }
}

/// Parses a JSON array under the same conditions as [`parse_object`]; the array itself is the first level.
pub fn parse_array(bytes: &[u8], max_depth: usize) -> Result<Vec<Value>, InvalidJson> {
    match strict::parse(bytes, max_depth, usize::MAX)? {
        Value::Array(entries) => Ok(entries),
        _ => Err(InvalidJson::NotAnArray),
    }
}
