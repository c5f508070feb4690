//! The numbers of a public key, from a JWK (RFC 7518 §6, RFC 8037 §2) or from DER.

use jwt_simple::prelude::{
    ES256PublicKey, ES384PublicKey, Ed25519PublicKey, PS256PublicKey, PS384PublicKey,
    PS512PublicKey, RS256PublicKey, RS384PublicKey, RS512PublicKey,
};
use p521::ecdsa::VerifyingKey as Es512PublicKey;
use p521::pkcs8::DecodePublicKey;

use super::members::{Members, Unusable};
use super::verifier::Verifier;
use super::{Algorithm, roca};

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
    members: &Members,
    only: Option<Algorithm>,
) -> Result<Vec<Verifier>, Unusable> {
    let is_allowed = |algorithm: Algorithm| only.is_none_or(|only| only == algorithm);
    if members.required("kty")? == "RSA" {
        let (modulus, exponent) = (members.number("n")?, members.number("e")?);
        let allowed = RSA.into_iter().filter(|algorithm| is_allowed(*algorithm));
        return rsa_keys(allowed, &modulus, &exponent);
    }
    let verifier = on_a_curve(members)?;
    if !is_allowed(verifier.algorithm()) {
        return Err(Unusable::Algorithm);
    }
    Ok(vec![verifier])
}

fn on_a_curve(members: &Members) -> Result<Verifier, Unusable> {
    let key = match (members.required("kty")?, members.text("crv")?) {
        ("EC", Some("P-256")) => ES256PublicKey::from_bytes(&point(members, 32)?)
            .map(Verifier::Es256)
            .ok(),
        ("EC", Some("P-384")) => ES384PublicKey::from_bytes(&point(members, 48)?)
            .map(Verifier::Es384)
            .ok(),
        ("EC", Some("P-521")) => Es512PublicKey::from_sec1_bytes(&point(members, 66)?)
            .map(Verifier::Es512)
            .ok(),
        ("OKP", Some("Ed25519")) => Ed25519PublicKey::from_bytes(&members.number("x")?)
            .map(Verifier::EdDsa)
            .ok(),
        _ => return Err(Unusable::Kind),
    };
    key.ok_or(Unusable::Numbers)
}

/// The key in a `SubjectPublicKeyInfo` or an RSA key of PKCS #1.
pub(super) fn from_der(der: &[u8]) -> Result<Vec<Verifier>, Unusable> {
    if let Ok(key) = RS256PublicKey::from_der(der) {
        let numbers = key.to_components();
        return rsa_keys(RSA.into_iter(), &numbers.n, &numbers.e);
    }
    let es256 = || ES256PublicKey::from_der(der).map(Verifier::Es256).ok();
    let es384 = || ES384PublicKey::from_der(der).map(Verifier::Es384).ok();
    let es512 = || {
        Es512PublicKey::from_public_key_der(der)
            .map(Verifier::Es512)
            .ok()
    };
    let eddsa = || Ed25519PublicKey::from_der(der).map(Verifier::EdDsa).ok();
    let verifier = es256().or_else(es384).or_else(es512).or_else(eddsa);
    Ok(vec![verifier.ok_or(Unusable::Numbers)?])
}

fn rsa_keys(
    algorithms: impl Iterator<Item = Algorithm>,
    modulus: &[u8],
    exponent: &[u8],
) -> Result<Vec<Verifier>, Unusable> {
    if roca::has_fingerprint(modulus) {
        return Err(Unusable::Roca);
    }
    algorithms
        .map(|algorithm| rsa(algorithm, modulus, exponent))
        .collect()
}

fn rsa(algorithm: Algorithm, modulus: &[u8], exponent: &[u8]) -> Result<Verifier, Unusable> {
    let key = match algorithm {
        Algorithm::Ps256 => PS256PublicKey::from_components(modulus, exponent).map(Verifier::Ps256),
        Algorithm::Ps384 => PS384PublicKey::from_components(modulus, exponent).map(Verifier::Ps384),
        Algorithm::Ps512 => PS512PublicKey::from_components(modulus, exponent).map(Verifier::Ps512),
        Algorithm::Rs256 => RS256PublicKey::from_components(modulus, exponent).map(Verifier::Rs256),
        Algorithm::Rs384 => RS384PublicKey::from_components(modulus, exponent).map(Verifier::Rs384),
        Algorithm::Rs512 => RS512PublicKey::from_components(modulus, exponent).map(Verifier::Rs512),
        Algorithm::EdDsa | Algorithm::Es256 | Algorithm::Es384 | Algorithm::Es512 => {
            return Err(Unusable::Algorithm);
        }
    };
    key.map_err(|_| Unusable::Numbers)
}

/// An uncompressed point of SEC 1 §2.3.3.
fn point(members: &Members, size: usize) -> Result<Vec<u8>, Unusable> {
    let x = coordinate(&members.number("x")?, size)?;
    let y = coordinate(&members.number("y")?, size)?;
    Ok([&[4], x.as_slice(), y.as_slice()].concat())
}

/// The number in the full size of the field, which RFC 7518 §6.2.1.2 demands. Some providers leave its leading zero
/// octets out, or put one more before it, as a signed integer has.
fn coordinate(number: &[u8], size: usize) -> Result<Vec<u8>, Unusable> {
    let zeros = number.iter().take_while(|octet| **octet == 0).count();
    let digits = number.get(zeros..).unwrap_or_default();
    let missing = size.checked_sub(digits.len()).ok_or(Unusable::Numbers)?;
    Ok([vec![0; missing].as_slice(), digits].concat())
}
