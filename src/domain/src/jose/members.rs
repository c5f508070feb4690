//! The members of a JWK, and why a key is left out.

use serde_json::{Map, Value};

use super::base64url;

/// The members that are really there. Some providers serialise what a key does not have as null, an empty list or an
/// empty string.
pub(super) struct Members(Map<String, Value>);

impl Members {
    pub(super) fn new(mut members: Map<String, Value>) -> Self {
        members.retain(|_, value| match value {
            Value::Null => false,
            Value::Array(elements) => !elements.is_empty(),
            Value::String(text) => !text.is_empty(),
            _ => true,
        });
        Self(members)
    }

    pub(super) fn get(&self, name: &str) -> Option<&Value> {
        self.0.get(name)
    }

    /// The string member with this name, absent or present, but never of another type.
    pub(super) fn text(&self, name: &'static str) -> Result<Option<&str>, Unusable> {
        match self.get(name) {
            None => Ok(None),
            Some(value) => value.as_str().map(Some).ok_or(Unusable::Member(name)),
        }
    }

    pub(super) fn required(&self, name: &'static str) -> Result<&str, Unusable> {
        self.text(name)?.ok_or(Unusable::Member(name))
    }

    /// A number of a public key, big-endian.
    pub(super) fn number(&self, name: &'static str) -> Result<Vec<u8>, Unusable> {
        base64url::decode_public_number(self.required(name)?).ok_or(Unusable::Numbers)
    }
}

/// Why a key cannot verify a signature.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("it is not a JSON object in which each member occurs once")]
    Form,
    #[error("`{0}` is missing or not a string")]
    Member(&'static str),
    #[error("it is not for signatures: `{0}` says so")]
    Purpose(&'static str),
    #[error("it holds a private or shared key")]
    Secret,
    #[error("its `alg` is not one that the gateway accepts, or not one of its `kty`")]
    Algorithm,
    #[error(
        "its `kty` or `crv` is not one that the gateway accepts (RSA, P-256, P-384, P-521, Ed25519)"
    )]
    Kind,
    #[error(
        "its numbers are not a public key: RSA has 2048 to 4096 bits and the exponent 65537, a point lies on its \
         curve, and all are base64url"
    )]
    Numbers,
    #[error(
        "its private key can be computed from its modulus (ROCA, CVE-2017-15361): have the provider make a new key"
    )]
    Roca,
}
