//! Who has signed in: the ID token of a login and of a refresh, and what stands in its place at providers that issue
//! none. The signature of an ID token is verified before, with a key of the provider.
//!
//! The numbers are the steps of OpenID Connect Core §3.1.3.7.

use std::time::Duration;

use hmac_sha256::Hash as Sha256;
use hmac_sha512::Hash as Sha512;
use hmac_sha512::sha384::Hash as Sha384;
use serde_json::Value;

use super::{Accepted, claim, form, issuer, kind, scope};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::jose::{Algorithm, Header, base64url};
use crate::json::shown;
use crate::limits;
use crate::oauth::{AccessToken, NonceHash};
use crate::settings::{Settings, TokenKind};
use crate::time::UnixTime;

/// What the ID token of a login is compared with.
#[derive(Clone, Copy, Debug)]
pub struct LoginExpectation<'a> {
    /// The issuer that the browser was sent to.
    pub issuer: &'a Issuer,
    /// The client.
    pub client_id: &'a str,
    /// The nonce of the authorization request.
    pub nonce: NonceHash,
    /// The access token that came with it.
    pub access_token: &'a AccessToken,
    /// The scopes that the token response grants, else those that were asked for (RFC 6749 §5.1).
    pub scopes: &'a [String],
    /// The time.
    pub now: UnixTime,
}

/// What the ID token of a refresh is compared with (OpenID Connect Core §12.2).
#[derive(Clone, Copy, Debug)]
pub struct RefreshExpectation<'a> {
    /// The issuer of the login.
    pub issuer: &'a Issuer,
    /// The client.
    pub client_id: &'a str,
    /// The `sub` of the login.
    pub subject: &'a str,
    /// The nonce of the login.
    pub nonce: NonceHash,
    /// The `auth_time` of the login.
    pub auth_time: Option<UnixTime>,
    /// The access token that came with it.
    pub access_token: &'a AccessToken,
    /// The scopes that the token response grants, else those of the session.
    pub scopes: &'a [String],
    /// The time.
    pub now: UnixTime,
}

/// The ID token of a refresh that was accepted.
#[derive(Clone, Debug)]
pub struct Refreshed {
    /// Its claims.
    pub accepted: Accepted,
    /// Whether `auth_time` is earlier than the login's, which should not be and changes nothing. It belongs in the log.
    pub has_earlier_auth_time: bool,
}

/// Accepts the ID token of a login.
///
/// # Errors
/// [`Code::SignInFailed`] where the token is not good, [`Code::InsufficientScope`] where a scope of the settings was not
/// granted.
pub fn accept_login(
    header: &Header,
    claims: Claims,
    settings: &Settings,
    expected: &LoginExpectation<'_>,
) -> Result<Accepted, Refusal> {
    let check = || {
        let (issuer, client_id, now) = (expected.issuer, expected.client_id, expected.now);
        check_common(header, &claims, settings, issuer, client_id, now)?;
        check_age(&claims, settings, now)?;
        // 11. "If a nonce value was sent in the Authentication Request, a nonce Claim MUST be present and its value
        // checked".
        check_nonce(&claims, expected.nonce, true)?;
        check_access_token(header.algorithm, &claims, expected.access_token)
    };
    check().map_err(|refusal| failed(Code::SignInFailed, "The sign-in failed", &refusal))?;
    accepted(claims, expected.issuer, settings, expected.scopes)
}

/// Accepts the ID token of a refresh.
///
/// # Errors
/// [`Code::SessionEnded`] where the token is not good or is another person's, [`Code::InsufficientScope`] where a scope
/// of the settings is not granted any more.
pub fn accept_refresh(
    header: &Header,
    claims: Claims,
    settings: &Settings,
    expected: &RefreshExpectation<'_>,
) -> Result<Refreshed, Refusal> {
    let check = || {
        let (issuer, client_id, now) = (expected.issuer, expected.client_id, expected.now);
        // "its iss Claim Value MUST be the same as in the ID Token issued when the original authentication occurred", and
        // "its aud Claim Value MUST include the original client".
        check_common(header, &claims, settings, issuer, client_id, now)?;
        // "its sub Claim Value MUST be the same".
        check_subject(&claims, expected.subject)?;
        // "it SHOULD NOT have a nonce Claim …; however, if it is present, its value MUST be the same".
        check_nonce(&claims, expected.nonce, false)?;
        check_access_token(header.algorithm, &claims, expected.access_token)?;
        auth_time(&claims)
    };
    let auth_time =
        check().map_err(|refusal| failed(Code::SessionEnded, "The session has ended", &refusal))?;
    Ok(Refreshed {
        // "if the ID Token contains an auth_time Claim, its value MUST represent the time of the original authentication".
        has_earlier_auth_time: auth_time.is_some_and(|time| Some(time) < expected.auth_time),
        accepted: accepted(claims, expected.issuer, settings, expected.scopes)?,
    })
}

/// Accepts what the userinfo endpoint of a provider without ID tokens says about the owner of an access token that was
/// issued to this client a moment ago: for a code that only it could redeem, or to a session of its own.
///
/// # Errors
/// [`Code::InsufficientScope`] where a scope of the settings was not granted.
pub fn accept_userinfo(
    claims: Claims,
    issuer: &Issuer,
    settings: &Settings,
    scopes: &[String],
) -> Result<Accepted, Refusal> {
    accepted(claims, issuer, settings, scopes)
}

/// `auth_time`, which a session keeps to compare it with that of a refresh.
///
/// # Errors
/// [`Code::TokenClaimInvalid`] where it is not a date.
pub fn auth_time(claims: &Claims) -> Result<Option<UnixTime>, Refusal> {
    claim::date(claims, "auth_time")
}

/// RFC 6749 §3.3: what was granted may be less than what was asked for.
fn accepted(
    claims: Claims,
    issuer: &Issuer,
    settings: &Settings,
    scopes: &[String],
) -> Result<Accepted, Refusal> {
    scope::check(scopes, &settings.scopes)?;
    Ok(Accepted {
        claims,
        issuer: issuer.clone(),
        scopes: scopes.to_vec(),
    })
}

/// What holds for every ID token.
fn check_common(
    header: &Header,
    claims: &Claims,
    settings: &Settings,
    issuer: &Issuer,
    client_id: &str,
    now: UnixTime,
) -> Result<(), Refusal> {
    // 2. "The Issuer Identifier … MUST exactly match the value of the iss (issuer) Claim."
    required(claims, "iss")?;
    issuer::check(claims, issuer)?;
    required(claims, "sub")?;
    check_audience(claims, client_id)?;
    for name in ["exp", "iat"] {
        required(claims, name)?;
    }
    check_expiry(claims, settings, now)?;
    // `iat` and `nbf` are not in the future, and the token is an ID token.
    let media_type = header.media_type.as_deref();
    kind::check_id_token(media_type, claims)?;
    form::check(media_type, claims, settings, TokenKind::Id, now)
}

/// 3. "The Client MUST validate that the aud (audience) Claim contains its client_id value".
fn check_audience(claims: &Claims, client_id: &str) -> Result<(), Refusal> {
    let audiences = claim::audiences(claims)?.unwrap_or_default();
    if !audiences.contains(&client_id) {
        let found = claims
            .get("aud")
            .map_or_else(|| "missing".to_owned(), shown);
        return Err(invalid(format!(
            "The token's `aud` is {found}; it must be or contain the client {client_id}."
        )));
    }
    // 4 and 5, for tokens with further audiences: the one that it was issued to.
    let party = claim::text(claims, "azp")?;
    if audiences.len() > 1 && party != Some(client_id) {
        let found = party.map_or_else(|| "missing".to_owned(), |party| shown(&party.into()));
        return Err(invalid(format!(
            "The token has several audiences, and its `azp` is {found}; it must be the client {client_id}."
        )));
    }
    Ok(())
}

/// 9. "The current time MUST be before the time represented by the exp Claim."
fn check_expiry(claims: &Claims, settings: &Settings, now: UnixTime) -> Result<(), Refusal> {
    let skew = Duration::from_secs(settings.clock_skew.into());
    match claim::date(claims, "exp")?.filter(|expiry| expiry.plus(skew) <= now) {
        None => Ok(()),
        // Unlike a client with a bearer token, nobody has kept this one: it has just been issued.
        Some(expiry) => Err(invalid(format!(
            "The token's `exp`, {}, passed {} seconds ago. Compare the clocks of the identity provider and of the gateway.",
            expiry.as_secs(),
            now.since(expiry).as_secs()
        ))),
    }
}

/// 10. "The iat Claim can be used to reject tokens that were issued too far away from the current time".
fn check_age(claims: &Claims, settings: &Settings, now: UnixTime) -> Result<(), Refusal> {
    let Some(issued_at) = claim::date(claims, "iat")? else {
        return Ok(());
    };
    let skew = Duration::from_secs(settings.clock_skew.into());
    // `iat` has whole seconds, and the response was on its way. Entra writes a time five minutes before the issue.
    let backdated = if super::remedy::is_entra(claims) {
        ENTRA_BACKDATES
    } else {
        Duration::ZERO
    };
    if issued_at
        .plus(skew.max(limits::PROVIDER_TOTAL))
        .plus(backdated)
        < now
    {
        return Err(invalid(format!(
            "The token's `iat`, {}, is {} seconds ago, so it is not a new one. Compare the clocks of the identity provider \
             and of the gateway, or raise `clock_skew`.",
            issued_at.as_secs(),
            now.since(issued_at).as_secs()
        )));
    }
    Ok(())
}

/// How long before the issue of its tokens the `iat` and `nbf` of Entra are.
const ENTRA_BACKDATES: Duration = Duration::from_secs(300);

fn check_nonce(claims: &Claims, expected: NonceHash, is_required: bool) -> Result<(), Refusal> {
    match claims.get("nonce") {
        None if is_required => Err(invalid("The token has no `nonce`.".to_owned())),
        None => Ok(()),
        Some(Value::String(nonce)) if !nonce.is_empty() && expected.is_of(nonce) => Ok(()),
        Some(_) => Err(invalid(
            "The token's `nonce` is not the one of this sign-in, so it belongs to another."
                .to_owned(),
        )),
    }
}

fn check_subject(claims: &Claims, expected: &str) -> Result<(), Refusal> {
    if claim::text(claims, "sub")? == Some(expected) {
        return Ok(());
    }
    Err(invalid(
        "The token's `sub` is not the one of the sign-in: it is another person's.".to_owned(),
    ))
}

/// OpenID Connect Core §3.1.3.8: the left half of the hash of the access token, with the hash of the token's `alg`.
fn check_access_token(
    algorithm: Algorithm,
    claims: &Claims,
    access_token: &AccessToken,
) -> Result<(), Refusal> {
    let Some(found) = claim::text(claims, "at_hash")? else {
        return Ok(());
    };
    let token = access_token.reveal().as_bytes();
    let hash = match algorithm {
        Algorithm::Es256 | Algorithm::Ps256 | Algorithm::Rs256 => Sha256::hash(token).to_vec(),
        Algorithm::Es384 | Algorithm::Ps384 | Algorithm::Rs384 => Sha384::hash(token).to_vec(),
        // Ed25519 hashes with SHA-512 itself (RFC 8032 §5.1).
        Algorithm::EdDsa | Algorithm::Es512 | Algorithm::Ps512 | Algorithm::Rs512 => {
            Sha512::hash(token).to_vec()
        }
    };
    let half = hash.get(..hash.len() / 2).unwrap_or_default();
    if base64url::decode(found).as_deref() == Some(half) {
        return Ok(());
    }
    Err(invalid(
        "The token's `at_hash` is not that of the access token that came with it.".to_owned(),
    ))
}

fn required(claims: &Claims, name: &str) -> Result<(), Refusal> {
    match claims.get(name) {
        Some(_) => Ok(()),
        None => Err(invalid(format!("The token has no `{name}`."))),
    }
}

fn invalid(message: String) -> Refusal {
    Refusal::new(Code::TokenClaimInvalid, message)
}

/// The refusal of a bearer token in the words of a sign-in: the person has no token to change.
fn failed(code: Code, what: &str, refusal: &Refusal) -> Refusal {
    let message = format!(
        "{what} because the identity provider's ID token is not good. {}",
        refusal.message()
    );
    Refusal::new(code, message).with_log_detail(refusal.code().as_str())
}
