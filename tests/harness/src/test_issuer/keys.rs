//! Keys that sign any text at all, so that malformed tokens can have a good signature.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use jwt_simple::algorithms::{
    ECDSAP256KeyPairLike, ECDSAP384KeyPairLike, ES256KeyPair, ES384KeyPair, Ed25519KeyPair,
    EdDSAKeyPairLike, RS256KeyPair, RSAKeyPairLike,
};
use p521::ecdsa::signature::Signer as _;
use p521::elliptic_curve::Generate as _;
use serde_json::{Value, json};
use superboring::hash::MessageDigest;
use superboring::pkey::PKey;
use superboring::rsa::Padding;
use superboring::sign::Signer;

/// The signature algorithms that the gateway accepts.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum Algorithm {
    /// Ed25519.
    EdDsa,
    /// ECDSA with P-256 and SHA-256.
    Es256,
    /// ECDSA with P-384 and SHA-384.
    Es384,
    /// ECDSA with P-521 and SHA-512.
    Es512,
    /// RSASSA-PSS with SHA-256.
    Ps256,
    /// RSASSA-PSS with SHA-384.
    Ps384,
    /// RSASSA-PSS with SHA-512.
    Ps512,
    /// RSASSA-PKCS1-v1_5 with SHA-256.
    Rs256,
    /// RSASSA-PKCS1-v1_5 with SHA-384.
    Rs384,
    /// RSASSA-PKCS1-v1_5 with SHA-512.
    Rs512,
}

impl Algorithm {
    /// All of them.
    pub const ALL: [Self; 10] = [
        Self::EdDsa,
        Self::Es256,
        Self::Es384,
        Self::Es512,
        Self::Ps256,
        Self::Ps384,
        Self::Ps512,
        Self::Rs256,
        Self::Rs384,
        Self::Rs512,
    ];

    /// The value of `alg` (RFC 7518, RFC 8037).
    pub fn name(self) -> &'static str {
        match self {
            Self::EdDsa => "EdDSA",
            Self::Es256 => "ES256",
            Self::Es384 => "ES384",
            Self::Es512 => "ES512",
            Self::Ps256 => "PS256",
            Self::Ps384 => "PS384",
            Self::Ps512 => "PS512",
            Self::Rs256 => "RS256",
            Self::Rs384 => "RS384",
            Self::Rs512 => "RS512",
        }
    }
}

/// One key of each kind: RSA of 2048 bits, P-256, P-384, P-521 and Ed25519.
#[derive(Debug)]
pub struct Keys {
    id: String,
    ed25519: Ed25519KeyPair,
    p256: ES256KeyPair,
    p384: ES384KeyPair,
    p521: p521::ecdsa::SigningKey,
    rsa: RS256KeyPair,
}

impl Keys {
    /// Fresh keys with ids that no other keys have.
    ///
    /// # Panics
    ///
    /// The RSA key cannot be made: the source of random bytes is broken.
    #[expect(
        clippy::expect_used,
        reason = "only tests run this, and they cannot go on without a key"
    )]
    pub fn generate() -> Self {
        Self {
            id: uuid::Uuid::new_v4().to_string(),
            ed25519: Ed25519KeyPair::generate(),
            p256: ES256KeyPair::generate(),
            p384: ES384KeyPair::generate(),
            p521: p521::ecdsa::SigningKey::generate(),
            rsa: RS256KeyPair::generate(2048).expect("an RSA key"),
        }
    }

    /// The `kid` of the key for an algorithm; all the RSA algorithms share one.
    pub fn key_id(&self, algorithm: Algorithm) -> String {
        let kind = match algorithm {
            Algorithm::EdDsa => "ed25519",
            Algorithm::Es256 => "p256",
            Algorithm::Es384 => "p384",
            Algorithm::Es512 => "p521",
            _ => "rsa",
        };
        format!("{kind}-{}", self.id)
    }

    /// The public keys as JWKs (RFC 7517), without `alg`.
    pub fn public_jwks(&self) -> [Value; 5] {
        [
            self.rsa_jwk(),
            self.p256_jwk(),
            self.p384_jwk(),
            self.p521_jwk(),
            self.ed25519_jwk(),
        ]
    }

    /// A compact JWS over exactly these two texts, whatever they are.
    pub fn sign(&self, algorithm: Algorithm, header: &str, claims: &str) -> String {
        let input = format!("{}.{}", encode(header), encode(claims));
        let signature = self.signature(algorithm, input.as_bytes());
        format!("{input}.{}", encode(signature))
    }

    fn signature(&self, algorithm: Algorithm, input: &[u8]) -> Vec<u8> {
        let (pkcs1, pss) = (Padding::PKCS1, Padding::PKCS1_PSS);
        match algorithm {
            Algorithm::EdDsa => self
                .ed25519
                .key_pair()
                .as_ref()
                .sk
                .sign(input, None)
                .to_vec(),
            Algorithm::Es256 => {
                let signature: p256::ecdsa::Signature = self.p256.key_pair().as_ref().sign(input);
                signature.to_vec()
            }
            Algorithm::Es384 => {
                let signature: p384::ecdsa::Signature = self.p384.key_pair().as_ref().sign(input);
                signature.to_vec()
            }
            Algorithm::Es512 => {
                let signature: p521::ecdsa::Signature = self.p521.sign(input);
                signature.to_vec()
            }
            Algorithm::Ps256 => self.rsa_signature(MessageDigest::sha256(), pss, input),
            Algorithm::Ps384 => self.rsa_signature(MessageDigest::sha384(), pss, input),
            Algorithm::Ps512 => self.rsa_signature(MessageDigest::sha512(), pss, input),
            Algorithm::Rs256 => self.rsa_signature(MessageDigest::sha256(), pkcs1, input),
            Algorithm::Rs384 => self.rsa_signature(MessageDigest::sha384(), pkcs1, input),
            Algorithm::Rs512 => self.rsa_signature(MessageDigest::sha512(), pkcs1, input),
        }
    }

    #[expect(
        clippy::expect_used,
        reason = "only tests run this, and they cannot go on without a signature"
    )]
    fn rsa_signature(&self, digest: MessageDigest, padding: Padding, input: &[u8]) -> Vec<u8> {
        let key = PKey::from_rsa(self.rsa.key_pair().as_ref().clone()).expect("an RSA key");
        let mut signer = Signer::new(digest, &key).expect("a signer");
        signer.set_rsa_padding(padding).expect("a padding");
        signer.update(input).expect("an input");
        signer.sign_to_vec().expect("a signature")
    }

    fn rsa_jwk(&self) -> Value {
        let public = self.rsa.public_key().to_components();
        let kid = self.key_id(Algorithm::Rs256);
        json!({"kty": "RSA", "use": "sig", "kid": kid, "n": encode(public.n), "e": encode(public.e)})
    }

    fn p256_jwk(&self) -> Value {
        let point = self.p256.key_pair().public_key().to_bytes_uncompressed();
        ec_jwk("P-256", &self.key_id(Algorithm::Es256), &point)
    }

    fn p384_jwk(&self) -> Value {
        let point = self.p384.key_pair().public_key().to_bytes_uncompressed();
        ec_jwk("P-384", &self.key_id(Algorithm::Es384), &point)
    }

    fn p521_jwk(&self) -> Value {
        let point = self.p521.verifying_key().to_sec1_point(false);
        ec_jwk("P-521", &self.key_id(Algorithm::Es512), point.as_bytes())
    }

    fn ed25519_jwk(&self) -> Value {
        let public = self.ed25519.public_key().to_bytes();
        json!({"kty": "OKP", "use": "sig", "kid": self.key_id(Algorithm::EdDsa), "crv": "Ed25519", "x": encode(public)})
    }
}

/// From an uncompressed point: a byte 4, then both coordinates (SEC 1 section 2.3.3).
fn ec_jwk(curve: &str, key_id: &str, point: &[u8]) -> Value {
    let (x, y) = point
        .get(1..)
        .map(|point| point.split_at(point.len() / 2))
        .unwrap_or_default();
    json!({"kty": "EC", "use": "sig", "kid": key_id, "crv": curve, "x": encode(x), "y": encode(y)})
}

fn encode(bytes: impl AsRef<[u8]>) -> String {
    URL_SAFE_NO_PAD.encode(bytes)
}
