//! One JSON Web Key (RFC 7517), as far as it can verify a signature.

use serde_json::{Map, Value};

use super::error::Error;
use super::members::{Members, Unusable};
use super::verifier::Verifier;
use super::{Algorithm, UnverifiedToken, material};
use crate::issuer::key_may_sign;

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

impl Jwk {
    /// Parses a member of `keys`.
    pub(super) fn from_members(members: Map<String, Value>) -> Result<Self, Unusable> {
        let members = Members::new(members);
        refuse_secrets(&members)?;
        check_purpose(&members)?;
        let key_id = match members.text("kid")? {
            None => KeyId::Unnamed,
            Some(name) => KeyId::Named(name.to_owned()),
        };
        let issuer = members.text("issuer")?.map(str::to_owned);
        let algorithm = match members.text("alg")? {
            None => None,
            Some(name) => Some(Algorithm::from_name(name).ok_or(Unusable::Algorithm)?),
        };
        Self::new(key_id, issuer, material::from_members(&members, algorithm)?)
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

    /// Whether the key is for this algorithm and this issuer.
    pub(super) fn serves(&self, algorithm: Algorithm, issuer: &str) -> bool {
        let may_sign = |own: &String| key_may_sign(own, issuer);
        self.issuer.as_ref().is_none_or(may_sign) && self.algorithms().any(|own| own == algorithm)
    }

    /// Refuses a token whose signature this key did not make.
    pub fn verify(&self, token: &UnverifiedToken<'_>) -> Result<(), Error> {
        let (input, signature) = (token.signing_input.as_bytes(), &token.signature);
        if self.has_signed(token.header.algorithm, input, signature) {
            Ok(())
        } else {
            Err(Error::Signature)
        }
    }

    /// Whether this key made the signature over `input` with exactly this algorithm.
    pub(super) fn has_signed(&self, algorithm: Algorithm, input: &[u8], signature: &[u8]) -> bool {
        self.verifiers
            .iter()
            .any(|verifier| verifier.algorithm() == algorithm && verifier.accepts(input, signature))
    }
}

/// A key that is not public must not be used, wherever it comes from: anyone who reads it can sign.
fn refuse_secrets(members: &Members) -> Result<(), Unusable> {
    const SECRET: [&str; 8] = ["d", "p", "q", "dp", "dq", "qi", "oth", "k"];
    let is_symmetric = members.get("kty").is_some_and(|kty| kty == "oct");
    if is_symmetric || SECRET.iter().any(|name| members.get(name).is_some()) {
        return Err(Unusable::Secret);
    }
    Ok(())
}

fn check_purpose(members: &Members) -> Result<(), Unusable> {
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
