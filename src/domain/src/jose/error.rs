//! Why a text is not a signed token that can be verified.

use std::fmt;

use serde_json::Value;

use crate::json::{InvalidJson, shown};
use crate::limits;

/// A part of a token in compact form (RFC 7515 §3.1).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Part {
    /// The JOSE header.
    Header,
    /// The claims.
    Payload,
    /// The signature.
    Signature,
}

impl fmt::Display for Part {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(match self {
            Self::Header => "header",
            Self::Payload => "payload",
            Self::Signature => "signature",
        })
    }
}

/// What was found where a signed token in compact form was expected. The texts quote members of the header, never the
/// token.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum Error {
    /// `alg` is not an asymmetric signature algorithm of [`super::Algorithm`].
    #[error("its `alg` is {}", shown(.0))]
    Algorithm(Value),
    /// There is no `alg`.
    #[error("its header has no `alg`")]
    AlgorithmMissing,
    /// Nothing is between two dots.
    #[error("its {0} is empty")]
    Empty(Part),
    /// A part has another alphabet, padding, or bits that no octet has.
    #[error("its {0} is not base64url without padding")]
    Encoding(Part),
    /// Five parts (RFC 7516 §3.1).
    #[error("it is encrypted: it has five parts")]
    Encrypted,
    /// The encoded header's length, which is over the limit.
    #[error("its header is {0} bytes long; at most {max} are accepted", max = limits::TOKEN_HEADER)]
    HeaderTooLarge(usize),
    /// A part is not a JSON object in the strict form.
    #[error("its {0} cannot be read ({1})")]
    Json(Part, InvalidJson),
    /// A member of the header that must be a string.
    #[error("its header has `{0}` {value}, which must be a string", value = shown(.1))]
    Member(&'static str, Value),
    /// `cty` is `JWT` (RFC 7519 §5.2).
    #[error("its header has `cty` \"JWT\": it is a token inside a token (RFC 7519 §5.2)")]
    Nested,
    /// The text does not begin as a header does, or has no dot.
    #[error("it is opaque, not a JWT")]
    Opaque,
    /// The number of parts, which is neither three nor five.
    #[error("it has {0} parts; a signed JWT has three, separated by dots")]
    Parts(usize),
    /// The named key did not make the signature.
    #[error("its signature was not made by the key")]
    Signature,
    /// The token's length, which is over the limit.
    #[error("it is {0} bytes long; at most {max} are accepted", max = limits::TOKEN)]
    TooLarge(usize),
    /// A member of the header that changes what the rest means, and how.
    #[error("its header has `{0}`, which {1}")]
    Understood(&'static str, &'static str),
}
