//! The numbers of a public key, from a JWK (RFC 7518 §6, RFC 8037 §2) or from DER.

use jwt_simple::prelude::{
    ES256PublicKey, ES384PublicKey, Ed25519PublicKey, PS256PublicKey, PS384PublicKey,
    PS512PublicKey, RS256PublicKey, RS384PublicKey, RS512PublicKey,
};
use serde_json::{Map, Value};

use super::jwk::{Unusable, text};
use super::verifier::Verifier;
use super::{Algorithm, base64url};

const RSA: [Algorithm; 6] = [
    Algorithm::Ps256,
    Algorithm::Ps384,
    Algorithm::Ps512,
    Algorithm::Rs256,
    Algorithm::Rs384,
    Algorithm::Rs512,
];

/// The key for `only` this algorithm, or for every algorithm of its `kty`.
pub(super) fn from_members(
    members: &Map<String, Value>,
    only: Option<Algorithm>,
) -> Result<Vec<Verifier>, Unusable> {
    let is_wanted = |algorithm: Algorithm| only.is_none_or(|only| only == algorithm);
    if required(members, "kty")? == "RSA" {
        let (modulus, exponent) = (number(members, "n")?, number(members, "e")?);
        let wanted = RSA.into_iter().filter(|algorithm| is_wanted(*algorithm));
        return wanted
            .map(|algorithm| rsa(algorithm, &modulus, &exponent))
            .collect();
    }
    let verifier = on_a_curve(members)?;
    match is_wanted(verifier.algorithm()) {
        true => Ok(vec![verifier]),
        false => Err(Unusable::Algorithm),
    }
}

fn on_a_curve(members: &Map<String, Value>) -> Result<Verifier, Unusable> {
    let key = match (required(members, "kty")?, text(members, "crv")?) {
        ("EC", Some("P-256")) => {
            ES256PublicKey::from_bytes(&point(members, 32)?).map(Verifier::Es256)
        }
        ("EC", Some("P-384")) => {
            ES384PublicKey::from_bytes(&point(members, 48)?).map(Verifier::Es384)
        }
        ("OKP", Some("Ed25519")) => {
            Ed25519PublicKey::from_bytes(&number(members, "x")?).map(Verifier::EdDsa)
        }
        _ => return Err(Unusable::Kind),
    };
    key.map_err(|_| Unusable::Numbers)
}

/// The key in a `SubjectPublicKeyInfo` or an RSA key of PKCS #1.
pub(super) fn from_der(der: &[u8]) -> Result<Vec<Verifier>, Unusable> {
    if let Ok(key) = RS256PublicKey::from_der(der) {
        let numbers = key.to_components();
        return RSA
            .into_iter()
            .map(|algorithm| rsa(algorithm, &numbers.n, &numbers.e))
            .collect();
    }
    let verifier = ES256PublicKey::from_der(der)
        .map(Verifier::Es256)
        .or_else(|_| ES384PublicKey::from_der(der).map(Verifier::Es384))
        .or_else(|_| Ed25519PublicKey::from_der(der).map(Verifier::EdDsa));
    verifier
        .map(|verifier| vec![verifier])
        .map_err(|_| Unusable::Numbers)
}

fn rsa(algorithm: Algorithm, modulus: &[u8], exponent: &[u8]) -> Result<Verifier, Unusable> {
    let key = match algorithm {
        Algorithm::Ps256 => PS256PublicKey::from_components(modulus, exponent).map(Verifier::Ps256),
        Algorithm::Ps384 => PS384PublicKey::from_components(modulus, exponent).map(Verifier::Ps384),
        Algorithm::Ps512 => PS512PublicKey::from_components(modulus, exponent).map(Verifier::Ps512),
        Algorithm::Rs256 => RS256PublicKey::from_components(modulus, exponent).map(Verifier::Rs256),
        Algorithm::Rs384 => RS384PublicKey::from_components(modulus, exponent).map(Verifier::Rs384),
        Algorithm::Rs512 => RS512PublicKey::from_components(modulus, exponent).map(Verifier::Rs512),
        Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Es384 => return Err(Unusable::Algorithm),
    };
    key.map_err(|_| Unusable::Numbers)
}

/// An uncompressed point of SEC 1 §2.3.3. Each coordinate has the full size of the field (RFC 7518 §6.2.1.2).
fn point(members: &Map<String, Value>, size: usize) -> Result<Vec<u8>, Unusable> {
    let (x, y) = (number(members, "x")?, number(members, "y")?);
    match x.len() == size && y.len() == size {
        true => Ok([&[4], x.as_slice(), y.as_slice()].concat()),
        false => Err(Unusable::Numbers),
    }
}

fn number(members: &Map<String, Value>, name: &'static str) -> Result<Vec<u8>, Unusable> {
    base64url::decode(required(members, name)?).ok_or(Unusable::Numbers)
}

fn required<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<&'a str, Unusable> {
    text(members, name)?.ok_or(Unusable::Member(name))
}
