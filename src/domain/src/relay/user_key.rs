//! A name for a user that tells nothing about the user.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;
use serde::{Deserialize, Serialize};

use crate::settings::Settings;
use crate::token::User;

/// A key for one user of one app, in this process's memory and, shortened, in its log.
#[derive(Clone, Copy, Deserialize, Eq, Hash, Ord, PartialEq, PartialOrd, Serialize)]
#[serde(try_from = "String", into = "String")]
pub struct UserKey([u8; 32]);

impl UserKey {
    /// The key of `user`. It is keyed by the app key, so nobody can find out from a log line whether it is a certain
    /// person's.
    pub fn new(settings: &Settings, user: &User) -> Self {
        let mut mac = HMAC::new(settings.app_key.reveal());
        mac.update(settings.dify_api_url.as_url().as_str());
        mac.update([0]);
        mac.update(user.as_str());
        Self(mac.finalize())
    }

    /// The name of the user in the log: 16 hexadecimal digits, the beginning of the key. They are enough to tell people
    /// apart, and too few to be anybody's key.
    pub fn log_name(&self) -> String {
        let beginning = self.0.first_chunk().copied().unwrap_or_default();
        format!("{:016x}", u64::from_be_bytes(beginning))
    }
}

impl fmt::Debug for UserKey {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "UserKey({}…)", self.log_name())
    }
}

impl From<UserKey> for String {
    fn from(key: UserKey) -> Self {
        URL_SAFE_NO_PAD.encode(key.0)
    }
}

impl TryFrom<String> for UserKey {
    type Error = &'static str;

    fn try_from(text: String) -> Result<Self, Self::Error> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok();
        let key = bytes.and_then(|bytes| bytes.try_into().ok());
        key.map(Self).ok_or("a key of a user is 32 bytes")
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;
    use crate::settings::tests::valid;

    fn log_name(settings: &serde_json::Value, user: &str) -> String {
        let user = User::parse("sub", user).unwrap();
        UserKey::new(&valid(settings), &user).log_name()
    }

    #[test]
    fn the_name_in_the_log_differs_by_user_app_and_app_key_and_shows_none_of_them() {
        let name = log_name(&json!({}), "alice");
        assert_eq!(name, log_name(&json!({}), "alice"));
        assert!(
            name.len() == 16 && name.bytes().all(|byte| byte.is_ascii_hexdigit()),
            "{name}"
        );
        for (settings, user) in [
            (json!({}), "bob"),
            (json!({"app_key": "app-of-another-app"}), "alice"),
            (
                json!({"dify_api_url": "https://another.example/v1"}),
                "alice",
            ),
        ] {
            assert_ne!(log_name(&settings, user), name, "{settings} {user}");
        }
    }
}
