//! The settings that are secret.

use hmac_sha256::Hash;

use crate::secret::secret;

secret! {
    /// The Dify app's API key.
    AppKey
}
secret! {
    /// The key of `user_format` `hashed`.
    UserHashKey
}

impl AppKey {
    /// Whether `presented` is this key. The comparison takes the same time whatever differs.
    pub fn is(&self, presented: &str) -> bool {
        Hash::verify(presented, &Hash::hash(self.0.as_bytes()))
    }
}
