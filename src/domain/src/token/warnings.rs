//! Warnings about what the settings allow although it is less safe than it looks.

use super::{Caller, groups, user};
use crate::settings::{Settings, TokenValidation};

/// Claims that people can change themselves, or that are given to another person one day (OpenID Connect Core §5.7).
const CHANGEABLE: [&str; 6] = [
    "email",
    "name",
    "nickname",
    "preferred_username",
    "upn",
    "username",
];

/// What an administrator should know about the way in which this caller was recognised.
pub fn warnings(caller: &Caller, settings: &Settings) -> Vec<String> {
    let mut warnings = Vec::new();
    let source = source(caller, settings);
    if caller.has_all_claims
        && source == Some("email")
        && caller.claims.get("email_verified").is_none()
    {
        warnings.push(
            "`user` comes from `email`, and the token does not say whether the address is verified (`email_verified`): \
             anyone who can enter any address at the provider gets that person's history. Use `sub`."
                .to_owned(),
        );
    }
    if let Some(name) = source.filter(|name| CHANGEABLE.contains(name)) {
        warnings.push(format!(
            "`user` comes from `{name}`, which can change or be given to another person. Only `sub` belongs to one person \
             for ever."
        ));
    }
    // A session was begun with a token that was issued to this client.
    if caller.has_all_claims && settings.token_validation == TokenValidation::Userinfo {
        warnings.push(
            "`token_validation` is `userinfo`, which proves no audience: a token for any other app of the provider is \
             accepted too."
                .to_owned(),
        );
    }
    let admin = settings.admin_claims.as_ref();
    if admin.is_some_and(|rules| groups::left_out_of(&caller.claims, rules)) {
        warnings.push(
            "The provider left the groups out because there are too many, so `admin_claims` cannot hold. Use app roles \
             and a rule on `roles`."
                .to_owned(),
        );
    }
    let mut operation_rules = settings.operation_rules.rules();
    if operation_rules.any(|rules| groups::left_out_of(&caller.claims, rules)) {
        warnings.push(
            "The provider left the groups out because there are too many, so no rule of `operation_rules` on groups can \
             hold. Use app roles and a rule on `roles`."
                .to_owned(),
        );
    }
    warnings
}

/// The claim that `user` comes from, where that is known.
fn source<'a>(caller: &'a Caller, settings: &'a Settings) -> Option<&'a str> {
    if caller.has_all_claims {
        let found = user::source(&caller.claims, settings);
        return found.map(|(path, _)| path.as_literal());
    }
    match settings.user_claim.as_slice() {
        [only] => Some(only.as_literal()),
        _ => None,
    }
}
