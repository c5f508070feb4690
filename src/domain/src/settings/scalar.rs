//! Settings that are one word, one number or one secret.

use std::ops::RangeInclusive;

use super::{AppKey, ClientSecret, UserHashKey};

const CLOCK_SKEW: RangeInclusive<u32> = 0..=300;
const MIN_HASH_KEY: usize = 16;

/// Takes one of `choices`.
pub(super) fn choice<T: Copy>(
    choices: &'static [(&'static str, T)],
) -> impl Fn(&str) -> Result<T, String> {
    move |text| {
        choices
            .iter()
            .find_map(|(name, value)| (*name == text).then_some(*value))
            .ok_or_else(|| {
                let names: Vec<String> = choices
                    .iter()
                    .map(|(name, _)| format!("`{name}`"))
                    .collect();
                format!("is none of its options; write one of {}", names.join(", "))
            })
    }
}

/// The setting `clock_skew`, in seconds.
pub(super) fn parse_clock_skew(text: &str) -> Result<u32, String> {
    text.parse()
        .ok()
        .filter(|seconds| CLOCK_SKEW.contains(seconds))
        .ok_or_else(|| "is no whole number from 0 to 300; write seconds such as `60`".to_owned())
}

/// The setting `streams_per_user`; none for no limit.
pub(super) fn parse_streams(text: &str) -> Result<Option<u32>, String> {
    match text.parse() {
        Ok(0) => Ok(None),
        Ok(count) => Ok(Some(count)),
        Err(_) => Err(
            "is no whole number; write how many streams a user may have open, such as `4`, \
                       or `0` for no limit"
                .to_owned(),
        ),
    }
}

/// The setting `app_key`, which must fit into a header.
pub(super) fn parse_app_key(text: &str) -> Result<AppKey, String> {
    if text.chars().all(|character| character.is_ascii_graphic()) {
        return Ok(AppKey::new(text.to_owned()));
    }
    Err("has a character that no app key has; write the key alone, such as `app-…`, without `Bearer`".to_owned())
}

/// The setting `client_secret`.
pub(super) fn parse_client_secret(text: &str) -> Result<ClientSecret, String> {
    Ok(ClientSecret::new(text.to_owned()))
}

/// The setting `user_hash_key`.
pub(super) fn parse_hash_key(text: &str) -> Result<UserHashKey, String> {
    if text.chars().count() >= MIN_HASH_KEY {
        return Ok(UserHashKey::new(text.to_owned()));
    }
    Err(
        "is shorter than 16 characters; write random ones, such as from `openssl rand -base64 32`"
            .to_owned(),
    )
}
