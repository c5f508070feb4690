//! The value that binds an ID token to one login (OpenID Connect Core §3.1.2.1 and §15.5.2).

use hmac_sha256::Hash;

/// The SHA-256 of a login's `nonce`. A session keeps it instead of the value, because a refreshed ID token may repeat it
/// (OpenID Connect Core §12.2).
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub struct NonceHash([u8; 32]);

impl NonceHash {
    /// The hash of the nonce that an authorization request carried.
    pub fn of(nonce: &str) -> Self {
        Self(Hash::hash(nonce.as_bytes()))
    }

    /// The hash as a session keeps it.
    pub const fn from_bytes(bytes: [u8; 32]) -> Self {
        Self(bytes)
    }

    /// The bytes for a session.
    pub const fn as_bytes(&self) -> &[u8; 32] {
        &self.0
    }

    /// Whether `nonce` is the login's. The comparison takes the same time whatever differs.
    pub fn is_of(&self, nonce: &str) -> bool {
        Hash::verify(nonce.as_bytes(), &self.0)
    }
}
