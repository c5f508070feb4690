//! Names for a user that tell nothing about the user.

use hmac_sha256::HMAC;

use crate::settings::Settings;
use crate::token::User;

/// A key for `user` of the app of `settings`, in this process's memory and in its log.
///
/// It is keyed by the app key, so nobody can find out from a log line whether it is a certain person's.
pub fn user_key(settings: &Settings, user: &User) -> [u8; 32] {
    let mut mac = HMAC::new(settings.app_key.reveal());
    mac.update(settings.dify_api_url.as_url().as_str());
    mac.update([0]);
    mac.update(user.as_str());
    mac.finalize()
}

/// The name of a user in the log: the beginning of [`user_key`], 16 hexadecimal digits.
pub fn log_name(user_key: &[u8; 32]) -> String {
    user_key
        .iter()
        .take(8)
        .map(|byte| format!("{byte:02x}"))
        .collect()
}
