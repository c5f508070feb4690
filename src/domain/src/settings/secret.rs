//! The settings that are secret, and what is made of them.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::{HMAC, Hash};

use crate::secret::secret;

secret! {
    /// The Dify app's API key.
    AppKey
}
secret! {
    /// The key of `user_format` `hashed`.
    UserHashKey
}
secret! {
    /// What opens `/metrics` of one endpoint and nothing else, so that a monitoring system need not have the app key.
    MetricsToken
}

/// What the metrics token is a MAC for, with its version.
const METRICS: &str = "oidc-gateway metrics 1";

impl AppKey {
    /// Whether `presented` is this key. The comparison takes the same time whatever differs, except the length, which is
    /// the same for all of Dify's keys: a token, which is longer, is not hashed for it.
    pub fn is(&self, presented: &str) -> bool {
        presented.len() == self.0.len() && Hash::verify(presented, &Hash::hash(self.0.as_bytes()))
    }

    /// The metrics token of `endpoint`, the daemon's id. It changes with the app key, which cannot be found out from it.
    pub fn metrics_token(&self, endpoint: &str) -> MetricsToken {
        let mut mac = HMAC::new(&self.0);
        mac.update(METRICS);
        mac.update([0]);
        mac.update(endpoint);
        MetricsToken::new(format!("gwm_{}", URL_SAFE_NO_PAD.encode(mac.finalize())))
    }
}

impl MetricsToken {
    /// Whether `presented` is this token. The comparison takes the same time whatever differs.
    pub fn is(&self, presented: &str) -> bool {
        Hash::verify(presented, &Hash::hash(self.0.as_bytes()))
    }
}
