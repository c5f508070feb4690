//! Proof Key for Code Exchange (RFC 7636), with the method `S256` alone: `plain` shows the verifier to whoever reads the
//! authorization request.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::Hash;

use super::CodeVerifier;

/// The value of `code_challenge_method`.
pub const CHALLENGE_METHOD: &str = "S256";

impl CodeVerifier {
    /// The verifier of 43 characters that RFC 7636 §4.1 recommends: 32 random bytes in base64url.
    pub fn from_random(bytes: &[u8; 32]) -> Self {
        Self::new(URL_SAFE_NO_PAD.encode(bytes))
    }

    /// `BASE64URL-ENCODE(SHA256(ASCII(code_verifier)))` (RFC 7636 §4.2).
    pub fn challenge(&self) -> String {
        URL_SAFE_NO_PAD.encode(Hash::hash(self.reveal().as_bytes()))
    }
}
