//! The checks of a token that need no key.

use std::time::Duration;

use super::{claim, kind};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::settings::{Settings, TokenKind};
use crate::time::UnixTime;

/// The claims that are strings (RFC 7519 §4.1, RFC 9068 §2.2, OpenID Connect Core §2) and that a check reads. Others,
/// such as `jti` and `nonce`, may be of any type.
const STRINGS: [&str; 4] = ["azp", "client_id", "iss", "sub"];

/// Checks the kind, the times and the binding of a token, before its signature is known to be good.
///
/// # Errors
/// [`Code::TokenClaimInvalid`], [`Code::TokenTypeRefused`], [`Code::TokenBound`], [`Code::TokenExpired`] or
/// [`Code::TokenNotYetValid`], each of which tells only what the token says.
pub fn check_form(
    media_type: Option<&str>,
    claims: &Claims,
    settings: &Settings,
    now: UnixTime,
) -> Result<(), Refusal> {
    if claims.get("exp").is_none() {
        let message = "The token has no `exp`, so it would be valid for ever.";
        return Err(Refusal::new(Code::TokenClaimInvalid, message));
    }
    check(media_type, claims, settings, settings.token_kind, now)
}

/// The same checks for claims that may have no `exp`, because the provider itself says that the token is active, and for
/// the tokens of another `token_kind` than the setting's.
pub(super) fn check(
    media_type: Option<&str>,
    claims: &Claims,
    settings: &Settings,
    token_kind: TokenKind,
    now: UnixTime,
) -> Result<(), Refusal> {
    for name in STRINGS {
        claim::text(claims, name)?;
    }
    claim::texts(claims, "aud")?;
    kind::check(media_type, claims, token_kind)?;
    if claims.get("cnf").is_some() {
        return Err(Refusal::new(
            Code::TokenBound,
            "The token is bound to a key of its client (`cnf`: DPoP or mutual TLS), and the gateway cannot check that \
             the sender holds it. Have the client ask for a plain bearer token.",
        ));
    }
    check_times(claims, now, Duration::from_secs(settings.clock_skew.into()))
}

fn check_times(claims: &Claims, now: UnixTime, leeway: Duration) -> Result<(), Refusal> {
    if let Some(expiry) = claim::date(claims, "exp")?.filter(|expiry| expiry.plus(leeway) <= now) {
        let message = format!(
            "The token's `exp`, {}, passed {} seconds ago. Get a new token.",
            expiry.as_secs(),
            now.since(expiry).as_secs()
        );
        return Err(Refusal::new(Code::TokenExpired, message));
    }
    for name in ["nbf", "iat"] {
        if let Some(start) = claim::date(claims, name)?.filter(|start| now.plus(leeway) < *start) {
            let message = format!(
                "The token's `{name}`, {}, is {} seconds in the future. Compare the clocks of the identity provider \
                 and of the gateway.",
                start.as_secs(),
                start.since(now).as_secs()
            );
            return Err(Refusal::new(Code::TokenNotYetValid, message));
        }
    }
    Ok(())
}
