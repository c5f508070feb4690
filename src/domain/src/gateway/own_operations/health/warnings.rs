//! What works, and may still not be what the administrator wants.

use crate::claims::ClaimPath;
use crate::settings::{Settings, UserFormat};

/// Identifiers that a provider makes itself. No two of them differ in nothing but case or accents.
const OPAQUE: [&str; 2] = ["oid", "sub"];

/// The warnings about an endpoint with valid settings.
pub fn of(settings: &Settings) -> Vec<String> {
    same_user(settings).into_iter().collect()
}

/// With MySQL, Dify looks for the end user by a collation that ignores case and accents.
fn same_user(settings: &Settings) -> Option<String> {
    let is_plain = matches!(settings.user_format, UserFormat::Claim);
    let may_collide = |path: &&ClaimPath| !OPAQUE.contains(&path.as_literal());
    let path = settings.user_claim.iter().find(may_collide)?;
    is_plain.then(|| {
        format!(
            "If Dify's database is MySQL, it takes values of `{}` that differ only in case or accents, such as `José` and \
             `jose`, for one person. Set `user_format` to `hashed`, or use `sub` as `user_claim`. Either gives everybody \
             an empty history.",
            path.as_str()
        )
    })
}
