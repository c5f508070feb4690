//! The signatures that were found good, so that a token's next request costs no public-key arithmetic.
//!
//! An entry says only that a key made a token's signature, which never becomes untrue. Whether the key is still the
//! issuer's, the times and the policy are decided again at every request.

use std::cell::RefCell;

use hmac_sha256::Hash;
use lru::LruCache;

use crate::limits::{self, capacity};

/// SHA-256 over the settings' digest and the whole token.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub struct TokenKey([u8; 32]);

impl TokenKey {
    /// The key of `token` under the settings with this digest.
    pub fn new(settings_digest: &[u8; 32], token: &str) -> Self {
        let mut hash = Hash::new();
        hash.update(settings_digest);
        hash.update(token);
        Self(hash.finalize())
    }
}

/// The good signatures that were seen last.
pub struct Verdicts {
    thumbprints: RefCell<LruCache<TokenKey, String>>,
}

impl Verdicts {
    /// None yet.
    pub fn new() -> Self {
        Self {
            thumbprints: RefCell::new(LruCache::new(capacity(limits::VERIFIED_TOKENS))),
        }
    }

    /// Whether the key with this thumbprint is known to have signed the token.
    pub fn knows(&self, token: TokenKey, key_thumbprint: &str) -> bool {
        self.thumbprints
            .borrow_mut()
            .get(&token)
            .is_some_and(|known| known == key_thumbprint)
    }

    /// Notes that the key with this thumbprint has signed the token.
    pub fn remember(&self, token: TokenKey, key_thumbprint: &str) {
        self.thumbprints
            .borrow_mut()
            .put(token, key_thumbprint.to_owned());
    }
}
