//! A token before its signature is known to be good.

use super::Algorithm;
use crate::claims::Claims;
use crate::error::Refusal;

/// The JOSE header: what the gateway needs of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `kid`.
    pub key_id: Option<String>,
    /// `typ`, lower case, without `application/`.
    pub media_type: Option<String>,
}

/// A compact JWS whose form is right and whose signature nobody has checked yet.
pub struct UnverifiedToken<'a> {
    /// The token as it was sent.
    pub(super) compact: &'a str,
    /// The header.
    pub header: Header,
    /// What the token says of itself; not to be trusted.
    pub claims: Claims,
}

impl<'a> UnverifiedToken<'a> {
    /// Parses `header.payload.signature`.
    pub fn parse(_compact: &'a str) -> Result<Self, Refusal> {
        todo!()
    }

    /// Whether a text looks like a JWT at all, or is an opaque token.
    pub fn looks_like_one(_text: &str) -> bool {
        todo!()
    }
}
