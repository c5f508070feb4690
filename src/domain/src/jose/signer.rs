//! The private keys of all algorithms behind one type.
//!
//! The random bytes of a signature are given by the caller: superboring would ask getrandom 0.2 for them, which wants more of
//! JavaScript than the host has. So the curves sign with the key pairs of `jwt-simple`, which needs no random bytes for it
//! (RFC 6979, RFC 8032), and RSA is asked directly.

use ecdsa::signature::hazmat::PrehashSigner;
use jwt_simple::prelude::{
    ECDSAP256KeyPairLike, ECDSAP256PublicKeyLike, ES256KeyPair, Ed25519KeyPair, EdDSAKeyPairLike,
    RS256PublicKey,
};
use rand_chacha::ChaCha20Rng;
use rand_chacha::rand_core::SeedableRng;
use rsa::pkcs8::DecodePrivateKey;
use rsa::traits::PublicKeyParts;
use rsa::{BigUint, Pkcs1v15Sign, Pss, RsaPrivateKey};
use serde_json::Value;

use super::members::{Members, Unusable};
use super::{Algorithm, roca};

/// A private key for exactly one algorithm.
pub(super) enum Signer {
    EdDsa(Ed25519KeyPair),
    Es256(ES256KeyPair),
    Ps256(Box<RsaPrivateKey>),
    Rs256(Box<RsaPrivateKey>),
}

/// Why a key cannot sign.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub(super) enum InvalidKey {
    #[error("{0}")]
    Jwk(Unusable),
    #[error(
        "its `alg` is not one that it can sign with here: RS256 or PS256 with RSA, ES256 with P-256, EdDSA with Ed25519"
    )]
    Algorithm,
    #[error(
        "it is not a key of RSA, P-256 or Ed25519, whose signatures are RS256, PS256, ES256 and EdDSA"
    )]
    Kind,
    #[error("its numbers are not a key: they do not belong together, or are not base64url")]
    Numbers,
    #[error(
        "it is the public half (it has no `d`): write the private key here, and give the public half to the identity provider"
    )]
    Public,
    #[error("it is an RSA key of {0} bits: make one of 2048 to 4096 bits with the exponent 65537")]
    Size(usize),
    #[error(
        "its private key can be computed from its modulus (ROCA, CVE-2017-15361): make a new key"
    )]
    Roca,
}

impl From<Unusable> for InvalidKey {
    fn from(why: Unusable) -> Self {
        match why {
            // Its words are about a public key.
            Unusable::Numbers => Self::Numbers,
            other => Self::Jwk(other),
        }
    }
}

impl Signer {
    /// The algorithm.
    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Es256(_) => Algorithm::Es256,
            Self::Ps256(_) => Algorithm::Ps256,
            Self::Rs256(_) => Algorithm::Rs256,
        }
    }

    /// The key in a `PrivateKeyInfo` (RFC 5208 §5). With RSA it signs RS256, which every provider knows.
    pub(super) fn from_pkcs8(der: &[u8]) -> Result<Self, InvalidKey> {
        if let Ok(key) = RsaPrivateKey::from_pkcs8_der(der) {
            return Ok(Self::Rs256(Box::new(checked(key)?)));
        }
        let es256 = || ES256KeyPair::from_der(der).map(Self::Es256).ok();
        let eddsa = || Ed25519KeyPair::from_der(der).map(Self::EdDsa).ok();
        es256().or_else(eddsa).ok_or(InvalidKey::Kind)
    }

    /// The key in a private JWK (RFC 7518 §6, RFC 8037 §2), for its `alg`.
    pub(super) fn from_jwk(members: &Members) -> Result<Self, InvalidKey> {
        let kind = (members.required("kty")?, members.text("crv")?);
        if members.get("d").is_none() {
            return Err(InvalidKey::Public);
        }
        check_purpose(members)?;
        let signer = match kind {
            ("RSA", _) => {
                let key = Box::new(checked(rsa_of(members)?)?);
                match members.text("alg")? {
                    Some("PS256") => Self::Ps256(key),
                    _ => Self::Rs256(key),
                }
            }
            ("EC", Some("P-256")) => Self::Es256(es256_of(members)?),
            ("OKP", Some("Ed25519")) => Self::EdDsa(ed25519_of(members)?),
            _ => return Err(InvalidKey::Kind),
        };
        match members.text("alg")? {
            Some(name) if Algorithm::from_name(name) != Some(signer.algorithm()) => {
                Err(InvalidKey::Algorithm)
            }
            Some(_) | None => Ok(signer),
        }
    }

    /// The signature over `input`. `seed` is for RSA: the salt of PSS, and the blinding that hides the key from whoever
    /// measures the time.
    pub(super) fn sign(&self, input: &[u8], seed: [u8; 32]) -> Option<Vec<u8>> {
        let digest = hmac_sha256::Hash::hash(input);
        let mut random = ChaCha20Rng::from_seed(seed);
        match self {
            Self::EdDsa(key) => Some(key.key_pair().as_ref().sk.sign(input, None).to_vec()),
            Self::Es256(key) => {
                let signature: Option<ecdsa::Signature<_>> =
                    key.key_pair().as_ref().sign_prehash(&digest).ok();
                signature.map(|signature| signature.to_bytes().to_vec())
            }
            Self::Ps256(key) => {
                let scheme = Pss::new_blinded::<hmac_sha256::Hash>();
                key.sign_with_rng(&mut random, scheme, &digest).ok()
            }
            Self::Rs256(key) => {
                let scheme = Pkcs1v15Sign::new::<hmac_sha256::Hash>();
                key.sign_with_rng(&mut random, scheme, &digest).ok()
            }
        }
    }
}

/// RFC 7517 §4.2 and §4.3.
fn check_purpose(members: &Members) -> Result<(), Unusable> {
    if members.get("use").is_some_and(|purpose| purpose != "sig") {
        return Err(Unusable::Purpose("use"));
    }
    let operations = members
        .get("key_ops")
        .map(|operations| operations.as_array());
    let signs = |operations: &Vec<Value>| operations.iter().any(|operation| operation == "sign");
    match operations {
        Some(operations) if !operations.is_some_and(signs) => Err(Unusable::Purpose("key_ops")),
        Some(_) | None => Ok(()),
    }
}

/// The sizes that [`super::Jwk`] accepts of a provider hold here too, since the provider verifies with the like.
fn checked(key: RsaPrivateKey) -> Result<RsaPrivateKey, InvalidKey> {
    let (modulus, exponent) = (key.n().to_bytes_be(), key.e().to_bytes_be());
    if RS256PublicKey::from_components(&modulus, &exponent).is_err() {
        return Err(InvalidKey::Size(key.n().bits()));
    }
    if roca::has_fingerprint(&modulus) {
        return Err(InvalidKey::Roca);
    }
    Ok(key)
}

fn rsa_of(members: &Members) -> Result<RsaPrivateKey, InvalidKey> {
    let number = |name| Ok::<_, Unusable>(BigUint::from_bytes_be(&members.number(name)?));
    // RFC 7518 §6.3.2: the primes may be left out.
    let primes = match members.get("p") {
        Some(_) => vec![number("p")?, number("q")?],
        None => Vec::new(),
    };
    RsaPrivateKey::from_components(number("n")?, number("e")?, number("d")?, primes)
        .map_err(|_| InvalidKey::Numbers)
}

fn es256_of(members: &Members) -> Result<ES256KeyPair, InvalidKey> {
    let scalar = members.number("d")?;
    let key = ES256KeyPair::from_bytes(&scalar).map_err(|_| InvalidKey::Numbers)?;
    let point = [[4].as_slice(), &members.number("x")?, &members.number("y")?].concat();
    let public_key = key.public_key();
    if ECDSAP256PublicKeyLike::public_key(&public_key).to_bytes_uncompressed() != point {
        return Err(InvalidKey::Numbers);
    }
    Ok(key)
}

fn ed25519_of(members: &Members) -> Result<Ed25519KeyPair, InvalidKey> {
    let bytes = [members.number("d")?, members.number("x")?].concat();
    Ed25519KeyPair::from_bytes(&bytes).map_err(|_| InvalidKey::Numbers)
}
