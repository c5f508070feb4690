//! The credential of a request (RFC 6750 §2.1, RFC 9110 §11.4).

use std::fmt;

use http::HeaderMap;

use crate::error::Refusal;

/// A bearer token as it was sent. Never printed.
#[derive(Clone, Eq, PartialEq)]
pub struct AccessToken(String);

impl AccessToken {
    /// Takes the one bearer token of `Authorization`.
    pub fn from_headers(_headers: &HeaderMap) -> Result<Self, Refusal> {
        todo!()
    }

    /// The token, for the one place that must check or send it.
    pub fn reveal(&self) -> &str {
        &self.0
    }
}

impl fmt::Debug for AccessToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("AccessToken(redacted)")
    }
}
