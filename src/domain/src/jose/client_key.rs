//! The private key with which the client signs assertions (RFC 7523 §2.2): from the setting, once, into a type that signs.

use std::fmt;

use hmac_sha256::Hash;
use serde_json::{Map, Value};

use super::members::Members;
use super::pem::{self, Block};
use super::signer::{InvalidKey, Signer};
use crate::json::parse_object;
use crate::{json as text, limits};

/// A private key for exactly one algorithm. Its `Debug` shows `kid`, if it has one, and algorithm.
pub struct ClientKey {
    digest: [u8; 32],
    key_id: Option<String>,
    signer: Signer,
}

impl fmt::Debug for ClientKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        let algorithm = self.signer.algorithm().as_str();
        let key_id = self.key_id.as_deref().unwrap_or("no kid");
        write!(formatter, "ClientKey({key_id}, {algorithm}, redacted)")
    }
}

/// Why a text is not a private key that can sign. It never repeats any of the text.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidClientKey(pub String);

/// The arithmetic of the signature failed.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
#[error("the key made no signature")]
pub struct SigningFailed;

impl ClientKey {
    /// Parses the setting: one private key as PEM (PKCS #8), whose line breaks may have become spaces or `\n`, or as a
    /// JWK. Assertions name the `kid` of a JWK.
    ///
    /// # Errors
    /// What to write instead: a public key, an encrypted or older form, a key that is too short or of another kind.
    pub fn parse(text: &str) -> Result<Self, InvalidClientKey> {
        let text = text.trim();
        let (signer, key_id) = if text.starts_with('{') {
            from_jwk(text)?
        } else {
            (from_pem(text)?, None)
        };
        Ok(Self {
            digest: Hash::hash(text.as_bytes()),
            key_id,
            signer,
        })
    }

    /// The SHA-256 of the text that the key was parsed from. It is as secret as the key, and other keys are derived
    /// from it.
    pub const fn digest(&self) -> &[u8; 32] {
        &self.digest
    }

    /// `claims` as a signed JWT in compact form (RFC 7515 §7.1). `seed` is random bytes for this signature alone.
    ///
    /// # Errors
    /// The arithmetic failed, which a key that was parsed does not let happen.
    pub fn sign(&self, claims: &Value, seed: [u8; 32]) -> Result<String, SigningFailed> {
        // A name that the provider was not told, such as the thumbprint, fits none of the client's keys there. Without
        // one it takes the key of this kind (RFC 7515 section 4.1.4: `kid` is optional).
        let members = [
            ("alg", Some(self.signer.algorithm().as_str())),
            ("kid", self.key_id.as_deref()),
            ("typ", Some("JWT")),
        ];
        let present = members
            .into_iter()
            .filter_map(|(name, value)| Some((name, value?)));
        let header: Map<String, Value> = present
            .map(|(name, value)| (name.to_owned(), value.into()))
            .collect();
        let encode = |value: &Value| super::base64url::encode(text::text(value).as_bytes());
        let input = format!("{}.{}", encode(&header.into()), encode(claims));
        let signature = self
            .signer
            .sign(input.as_bytes(), seed)
            .ok_or(SigningFailed)?;
        Ok(format!("{input}.{}", super::base64url::encode(&signature)))
    }
}

fn from_jwk(text: &str) -> Result<(Signer, Option<String>), InvalidClientKey> {
    let members = parse_object(text.as_bytes(), limits::JOSE_DEPTH)
        .map_err(|error| InvalidClientKey(format!("it begins like a JWK, but {error}")))?;
    if members.contains_key("keys") {
        return Err(wrong(
            "it is a JWK set: write the one private JWK of it that the client signs with",
        ));
    }
    let members = Members::new(members);
    let invalid = |error: InvalidKey| InvalidClientKey(error.to_string());
    let signer = Signer::from_jwk(&members).map_err(invalid)?;
    let key_id = members
        .text("kid")
        .map_err(|error| InvalidClientKey(error.to_string()))?;
    Ok((signer, key_id.map(str::to_owned)))
}

fn from_pem(text: &str) -> Result<Signer, InvalidClientKey> {
    let blocks = pem::blocks(text).map_err(InvalidClientKey)?;
    match blocks.as_slice() {
        [block] => from_block(block),
        [] => Err(wrong(
            "it is neither PEM (`-----BEGIN PRIVATE KEY-----`) nor a private JWK (`{\"kty\": …}`)",
        )),
        _ => Err(wrong(
            "it has several PEM blocks: write the one private key alone",
        )),
    }
}

fn from_block(block: &Block) -> Result<Signer, InvalidClientKey> {
    match block.label.as_str() {
        "PRIVATE KEY" => {
            Signer::from_pkcs8(&block.der).map_err(|error| InvalidClientKey(error.to_string()))
        }
        "ENCRYPTED PRIVATE KEY" => Err(wrong(
            "it is encrypted: write what `openssl pkcs8 -in key.pem` prints after it has asked for the password",
        )),
        "RSA PRIVATE KEY" | "EC PRIVATE KEY" => Err(wrong(
            "it is in an older form: write what `openssl pkcs8 -topk8 -nocrypt -in key.pem` prints",
        )),
        "CERTIFICATE" | "EC PUBLIC KEY" | "PUBLIC KEY" | "RSA PUBLIC KEY" => Err(wrong(
            "it is the public half: write the private key here, and give the public half to the identity provider",
        )),
        _ => Err(wrong("its PEM block is not a `PRIVATE KEY`")),
    }
}

fn wrong(message: &str) -> InvalidClientKey {
    InvalidClientKey(message.to_owned())
}
