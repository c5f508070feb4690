//! The public keys of all algorithms behind one type.
//!
//! `jwt-simple` and `p521` are asked only whether this key made this signature over these bytes. What header and payload
//! say is read once, by the gateway's own strict parsers.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use ecdsa::elliptic_curve::CurveArithmetic;
use ecdsa::signature::hazmat::PrehashVerifier;
use ecdsa::{EcdsaCurve, Signature, SignatureSize, VerifyingKey};
use hmac_sha512::sha384;
use jwt_simple::prelude::{
    ECDSAP256PublicKeyLike, ECDSAP384PublicKeyLike, ES256PublicKey, ES384PublicKey,
    Ed25519PublicKey, EdDSAPublicKeyLike, PS256PublicKey, PS384PublicKey, PS512PublicKey,
    RS256PublicKey, RS384PublicKey, RS512PublicKey, RSAPublicKeyLike,
};
use p521::ecdsa::VerifyingKey as Es512PublicKey;
use superboring::pkey::PKey;
use superboring::sign::Verifier as SignatureVerifier;

use super::Algorithm;

/// A public key for exactly one algorithm, parsed once.
#[derive(Clone, Debug)]
pub(super) enum Verifier {
    EdDsa(Ed25519PublicKey),
    Es256(ES256PublicKey),
    Es384(ES384PublicKey),
    Es512(Es512PublicKey),
    Ps256(PS256PublicKey),
    Ps384(PS384PublicKey),
    Ps512(PS512PublicKey),
    Rs256(RS256PublicKey),
    Rs384(RS384PublicKey),
    Rs512(RS512PublicKey),
}

impl Verifier {
    /// The algorithm.
    pub(super) const fn algorithm(&self) -> Algorithm {
        match self {
            Self::EdDsa(_) => Algorithm::EdDsa,
            Self::Es256(_) => Algorithm::Es256,
            Self::Es384(_) => Algorithm::Es384,
            Self::Es512(_) => Algorithm::Es512,
            Self::Ps256(_) => Algorithm::Ps256,
            Self::Ps384(_) => Algorithm::Ps384,
            Self::Ps512(_) => Algorithm::Ps512,
            Self::Rs256(_) => Algorithm::Rs256,
            Self::Rs384(_) => Algorithm::Rs384,
            Self::Rs512(_) => Algorithm::Rs512,
        }
    }

    /// RFC 7638.
    pub(super) fn thumbprint(&self) -> String {
        match self {
            Self::EdDsa(key) => key.jwk_thumbprint(),
            Self::Es256(key) => key.jwk_thumbprint(),
            Self::Es384(key) => key.jwk_thumbprint(),
            Self::Es512(key) => p521_thumbprint(key),
            Self::Ps256(key) => key.jwk_thumbprint(),
            Self::Ps384(key) => key.jwk_thumbprint(),
            Self::Ps512(key) => key.jwk_thumbprint(),
            Self::Rs256(key) => key.jwk_thumbprint(),
            Self::Rs384(key) => key.jwk_thumbprint(),
            Self::Rs512(key) => key.jwk_thumbprint(),
        }
    }

    /// Whether this key made the signature over `input`.
    pub(super) fn accepts(&self, input: &[u8], signature: &[u8]) -> bool {
        match self {
            Self::EdDsa(key) => ed25519(key, input, signature),
            Self::Es256(key) => {
                let digest = hmac_sha256::Hash::hash(input);
                ecdsa(key.public_key().as_ref(), &digest, signature)
            }
            Self::Es384(key) => {
                let digest = sha384::Hash::hash(input);
                ecdsa(key.public_key().as_ref(), &digest, signature)
            }
            Self::Es512(key) => ecdsa(key, &hmac_sha512::Hash::hash(input), signature),
            Self::Ps256(key) => rsa(key, input, signature),
            Self::Ps384(key) => rsa(key, input, signature),
            Self::Ps512(key) => rsa(key, input, signature),
            Self::Rs256(key) => rsa(key, input, signature),
            Self::Rs384(key) => rsa(key, input, signature),
            Self::Rs512(key) => rsa(key, input, signature),
        }
    }
}

/// RFC 8032 §5.1.7; `S` must be below the order, and the key is not of small order.
fn ed25519(key: &Ed25519PublicKey, input: &[u8], signature: &[u8]) -> bool {
    let signature = ed25519_compact::Signature::from_slice(signature);
    signature.is_ok_and(|signature| key.public_key().as_ref().verify(input, &signature).is_ok())
}

/// RFC 7518 §3.4: `r` and `s`, each in the full size of the field, each between 0 and the order.
fn ecdsa<C>(key: &VerifyingKey<C>, digest: &[u8], signature: &[u8]) -> bool
where
    C: EcdsaCurve + CurveArithmetic,
    SignatureSize<C>: ecdsa::elliptic_curve::array::ArraySize,
{
    let signature = Signature::<C>::from_slice(signature);
    signature.is_ok_and(|signature| key.verify_prehash(digest, &signature).is_ok())
}

/// RFC 7518 §3.3 and §3.5, with the hash and the padding that belong to the type of the key.
fn rsa<K: RSAPublicKeyLike>(key: &K, input: &[u8], signature: &[u8]) -> bool {
    let accepts = || -> Result<bool, superboring::error::ErrorStack> {
        let public_key = PKey::from_rsa(key.public_key().as_ref().clone())?;
        let mut verifier = SignatureVerifier::new(K::hash(), &public_key)?;
        verifier.set_rsa_padding(key.padding_scheme())?;
        verifier.update(input)?;
        verifier.verify(signature)
    };
    accepts().unwrap_or(false)
}

/// The members in the order and form of RFC 7638 §3.
fn p521_thumbprint(key: &Es512PublicKey) -> String {
    let point = key.to_sec1_point(false);
    let encoded = |coordinate: Option<_>| coordinate.map(|bytes| URL_SAFE_NO_PAD.encode(bytes));
    let (x, y) = (encoded(point.x()), encoded(point.y()));
    let members = format!(
        r#"{{"crv":"P-521","kty":"EC","x":"{}","y":"{}"}}"#,
        x.unwrap_or_default(),
        y.unwrap_or_default()
    );
    URL_SAFE_NO_PAD.encode(hmac_sha256::Hash::hash(members.as_bytes()))
}
