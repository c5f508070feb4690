//! JWS in compact form (RFC 7515), keys (RFC 7517) and algorithms (RFC 7518, RFC 8037), as strict as they can be.

mod algorithm;
mod jwk_set;
mod token;

pub use algorithm::Algorithm;
pub use jwk_set::{InvalidJwkSet, Jwk, JwkSet, NoKey};
pub use token::{Header, UnverifiedToken};
