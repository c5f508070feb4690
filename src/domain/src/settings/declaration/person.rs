//! Who the caller is to Dify.

use super::{Declaration, Setting};
use crate::claims::ClaimPath;
use crate::settings::UserHashKey;
use crate::settings::claim::parse_user_claim;
use crate::settings::problems::Problems;
use crate::settings::select::select;

const MIN_HASH_KEY: usize = 16;

settings! {
    USER_CLAIM: Vec<ClaimPath> = Setting::text("user_claim", parse_user_claim)
        .default("sub")
        .example("sub");

    USER_FORMAT: Format = Setting::select("user_format").advanced();

    USER_HASH_KEY: UserHashKey = Setting::secret("user_hash_key", parse_hash_key)
        .advanced();
}

select! {
    /// `user_format` as it is written; with its key it becomes a `UserFormat`.
    pub(in crate::settings) enum Format, default "claim" {
        Claim = "claim",
        Hashed = "hashed",
    }
}

fn parse_hash_key(text: &str) -> Result<UserHashKey, Problems> {
    if text.chars().count() >= MIN_HASH_KEY {
        return Ok(UserHashKey::new(text.to_owned()));
    }
    Err(
        "is shorter than 16 characters; write random ones, such as from `openssl rand -base64 32`"
            .into(),
    )
}
