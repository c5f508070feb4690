//! Public keys of an issuer.

use super::{Header, UnverifiedToken};
use crate::error::Refusal;

/// One usable public key.
#[derive(Clone, Debug)]
pub struct Jwk {}

/// The usable public keys of an issuer, at most 100.
#[derive(Clone, Debug, Default)]
pub struct JwkSet {}

/// The document is no JWK set.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidJwkSet(pub String);

/// Why no key of the set is the one.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoKey {
    /// No key fits the header.
    Unknown,
    /// The header has no `kid` and more than one key fits.
    Ambiguous,
}

impl JwkSet {
    /// Parses a JWK set; members that cannot be used are left out and counted.
    pub fn parse(_json: &[u8]) -> Result<Self, InvalidJwkSet> {
        todo!()
    }

    /// Parses the setting `jwks`: a JWK set, a single JWK, or one or more PEM public keys.
    pub fn parse_setting(_text: &str) -> Result<Self, InvalidJwkSet> {
        todo!()
    }

    /// The one key that fits `header`. `issuer` is matched against the key's own `issuer` member (Entra).
    pub fn select(&self, _header: &Header, _issuer: &str) -> Result<&Jwk, NoKey> {
        todo!()
    }
}

impl Jwk {
    /// Whether this key made the token's signature.
    pub fn verify(&self, _token: &UnverifiedToken<'_>) -> Result<(), Refusal> {
        todo!()
    }
}
