//! One JSON Web Key (RFC 7517), as far as it can verify a signature.

use serde_json::{Map, Value};

use super::material;
use super::verifier::Verifier;
use super::{Algorithm, UnverifiedToken};
use crate::error::{Code, Refusal};
use crate::issuer::key_may_sign;
use crate::token::remedy;

/// One usable public key.
#[derive(Clone, Debug)]
pub struct Jwk {
    key_id: KeyId,
    issuer: Option<String>,
    thumbprint: String,
    verifiers: Vec<Verifier>,
}

/// Which `kid` a key answers to.
#[derive(Clone, Debug, Eq, PartialEq)]
pub(super) enum KeyId {
    /// Whatever the token says: the administrator wrote the key and no `kid`.
    Any,
    /// This one.
    Named(String),
    /// None: the issuer published the key without one.
    Unnamed,
}

/// Why a key cannot verify a signature.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum Unusable {
    #[error("it is no JSON object in which every member stands once")]
    Form,
    #[error("`{0}` is missing or no string")]
    Member(&'static str),
    #[error("it is not for signatures: `{0}` says so")]
    Purpose(&'static str),
    #[error("it holds a private or shared key")]
    Secret,
    #[error("its `alg` is none that the gateway takes, or not one of its `kty`")]
    Algorithm,
    #[error("its `kty` or `crv` is none that the gateway takes (RSA, P-256, P-384, Ed25519)")]
    Kind,
    #[error(
        "its numbers are no public key: RSA has 2048 to 4096 bits and the exponent 65537, a point lies on its curve, \
         and all are base64url"
    )]
    Numbers,
}

impl Jwk {
    /// Parses a member of `keys`.
    pub(super) fn from_members(members: &Map<String, Value>) -> Result<Self, Unusable> {
        refuse_secrets(members)?;
        check_purpose(members)?;
        let key_id = match text(members, "kid")? {
            None => KeyId::Unnamed,
            Some(name) => KeyId::Named(name.to_owned()),
        };
        let issuer = text(members, "issuer")?.map(str::to_owned);
        let algorithm = match text(members, "alg")? {
            None => None,
            Some(name) => Some(Algorithm::from_name(name).ok_or(Unusable::Algorithm)?),
        };
        Self::new(key_id, issuer, material::from_members(members, algorithm)?)
    }

    /// Parses the DER of a PEM block that the administrator wrote.
    pub(super) fn from_der(der: &[u8]) -> Result<Self, Unusable> {
        Self::new(KeyId::Any, None, material::from_der(der)?)
    }

    fn new(
        key_id: KeyId,
        issuer: Option<String>,
        verifiers: Vec<Verifier>,
    ) -> Result<Self, Unusable> {
        let thumbprint = verifiers.first().ok_or(Unusable::Algorithm)?.thumbprint();
        Ok(Self {
            key_id,
            issuer,
            thumbprint,
            verifiers,
        })
    }

    /// The same key, answering to every `kid` if it has none.
    pub(super) fn written_by_administrator(&self) -> Self {
        let key_id = match &self.key_id {
            KeyId::Any | KeyId::Unnamed => KeyId::Any,
            KeyId::Named(name) => KeyId::Named(name.clone()),
        };
        Self {
            key_id,
            ..self.clone()
        }
    }

    pub(super) const fn key_id(&self) -> &KeyId {
        &self.key_id
    }

    pub(super) fn answers_to_every_id(&self) -> bool {
        self.key_id == KeyId::Any
    }

    /// The key's RFC 7638 thumbprint, which is the same for no two keys.
    pub fn thumbprint(&self) -> &str {
        &self.thumbprint
    }

    /// The algorithms whose signatures the key verifies.
    pub fn algorithms(&self) -> impl Iterator<Item = Algorithm> {
        self.verifiers.iter().map(Verifier::algorithm)
    }

    #[cfg(test)]
    pub(super) fn verifiers(&self) -> &[Verifier] {
        &self.verifiers
    }

    /// Whether the key is for this algorithm and this issuer.
    pub(super) fn serves(&self, algorithm: Algorithm, issuer: &str) -> bool {
        let may_sign = |own: &String| key_may_sign(own, issuer);
        self.issuer.as_ref().is_none_or(may_sign) && self.algorithms().any(|own| own == algorithm)
    }

    /// Whether this key made the token's signature.
    pub fn verify(&self, token: &UnverifiedToken<'_>) -> Result<(), Refusal> {
        let accepts = |verifier: &Verifier| {
            verifier.algorithm() == token.header.algorithm && verifier.accepts(token)
        };
        if self.verifiers.iter().any(accepts) {
            return Ok(());
        }
        Err(remedy::refuse(
            Code::TokenSignatureInvalid,
            &token.claims,
            "The issuer's key did not make this token's signature: the token was changed, or somebody else signed it.",
        ))
    }
}

/// A key that is not public must not be used, wherever it comes from: who reads it can sign.
fn refuse_secrets(members: &Map<String, Value>) -> Result<(), Unusable> {
    const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let is_symmetric = members.get("kty").is_some_and(|kty| kty == "oct");
    match is_symmetric || SECRET.iter().any(|name| members.contains_key(*name)) {
        true => Err(Unusable::Secret),
        false => Ok(()),
    }
}

fn check_purpose(members: &Map<String, Value>) -> Result<(), Unusable> {
    if members.get("use").is_some_and(|purpose| purpose != "sig") {
        return Err(Unusable::Purpose("use"));
    }
    let verifies = |operations: &Value| {
        let operations = operations.as_array().map(Vec::as_slice);
        operations
            .is_some_and(|operations| operations.iter().any(|operation| operation == "verify"))
    };
    match members.get("key_ops") {
        Some(operations) if !verifies(operations) => Err(Unusable::Purpose("key_ops")),
        _ => Ok(()),
    }
}

/// The string member with this name, absent or present, but never of another type.
pub(super) fn text<'a>(
    members: &'a Map<String, Value>,
    name: &'static str,
) -> Result<Option<&'a str>, Unusable> {
    match members.get(name) {
        None => Ok(None),
        Some(value) => value.as_str().map(Some).ok_or(Unusable::Member(name)),
    }
}
