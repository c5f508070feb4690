//! The logout token that a provider sends (OpenID Connect Back-Channel Logout 1.0 §2.4 and §2.6).

use std::time::Duration;

use serde_json::Value;

use crate::claims::Claims;
use crate::issuer::Issuer;
use crate::json::shown;
use crate::limits;
use crate::time::UnixTime;

/// The member of `events` that makes it a logout token.
const EVENT: &str = "http://schemas.openid.net/event/backchannel-logout";

/// The header's `typ`: §2.4 recommends `logout+jwt`; older providers send `JWT` or none.
const MEDIA_TYPES: [&str; 2] = ["jwt", "logout+jwt"];

/// The end of the year 9999, in seconds: a later date is not one.
const LAST_SECOND: u64 = 253_402_300_799;

/// Whose sessions a provider has ended.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct LogoutToken {
    /// The name of this token, which must not have been seen before.
    pub jti: String,
    /// `iat`: with `sub` alone, it ends the sessions that were begun before.
    pub issued_at: UnixTime,
    /// `exp`: from then on the token is refused, and `jti` need not be known any more.
    pub expires_at: UnixTime,
    /// The sessions.
    pub target: LogoutTarget,
}

/// Which sessions a logout token ends.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum LogoutTarget {
    /// The session with this `sid`, of this person if `sub` is there.
    Session {
        /// `sid`.
        session_id: String,
        /// `sub`.
        subject: Option<String>,
    },
    /// Every session of the person with this `sub`.
    Person(String),
}

/// Why a token is not a logout token for this client.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
pub enum LogoutTokenProblem {
    /// A claim that is required.
    #[error("it has no `{0}`")]
    Missing(&'static str),
    /// A claim that is not what it must be.
    #[error("its `{name}` is {found}; it must be {expected}", found = shown(.found))]
    Wrong {
        /// Which.
        name: &'static str,
        /// What it is.
        found: Value,
        /// What it must be.
        expected: String,
    },
    /// `exp` has passed.
    #[error("its `exp` passed {0} seconds ago")]
    Expired(u64),
    /// `iat` is further in the past than the clocks may differ.
    #[error(
        "its `iat` is {0} seconds ago, so it is not a new one, or the clocks of the provider and of the gateway differ"
    )]
    Old(u64),
    /// `iat` is further in the future than the clocks may differ.
    #[error(
        "its `iat` is {0} seconds in the future: the clocks of the provider and of the gateway differ"
    )]
    Future(u64),
    /// `nonce` is there, so it could be an ID token.
    #[error("it has `nonce`, which no logout token has")]
    Nonce,
    /// Neither `sub` nor `sid`.
    #[error("it names nobody: it has neither `sub` nor `sid`")]
    Nobody,
}

/// What a logout token is compared with.
#[derive(Clone, Copy, Debug)]
pub struct LogoutExpectation<'a> {
    /// The issuer.
    pub issuer: &'a Issuer,
    /// The client.
    pub client_id: &'a str,
    /// The time.
    pub now: UnixTime,
    /// How far the clocks may differ.
    pub clock_skew: Duration,
}

impl LogoutToken {
    /// Judges the content of a token whose signature was verified with a key of the issuer (steps 1 to 3 of §2.6).
    /// `media_type` is the header's `typ`, lower case, without `application/`. Whether `jti` was seen before (step 8) is
    /// left to whoever remembers it.
    ///
    /// # Errors
    /// The first step that fails.
    pub fn judge(
        media_type: Option<&str>,
        claims: &Claims,
        expected: &LogoutExpectation<'_>,
    ) -> Result<Self, LogoutTokenProblem> {
        check_media_type(media_type)?;
        // 4. "Validate the iss, aud, iat, and exp Claims in the same way they are validated in ID Tokens."
        check_issuer(claims, expected.issuer)?;
        check_audience(claims, expected.client_id)?;
        let issued_at = check_issued_at(claims, expected)?;
        let expires_at = check_expiry(claims, expected)?;
        // 5. "Verify that the Logout Token contains a sub Claim, a sid Claim, or both."
        let target = target(claims)?;
        // 6. "Verify that the Logout Token contains an events Claim whose value is JSON object containing the member name
        // http://schemas.openid.net/event/backchannel-logout."
        check_events(claims)?;
        // 7. "Verify that the Logout Token does not contain a nonce Claim." Null is a value too.
        if claims.members().contains_key("nonce") {
            return Err(LogoutTokenProblem::Nonce);
        }
        // §2.4 requires `jti`, with which step 8 works.
        let jti = name(claims, "jti")?.ok_or(LogoutTokenProblem::Missing("jti"))?;
        Ok(Self {
            jti,
            issued_at,
            expires_at,
            target,
        })
    }
}

fn check_media_type(media_type: Option<&str>) -> Result<(), LogoutTokenProblem> {
    match media_type {
        Some(other) if !MEDIA_TYPES.contains(&other) => {
            Err(wrong("typ", other.into(), "`logout+jwt`, `JWT` or absent"))
        }
        Some(_) | None => Ok(()),
    }
}

fn check_issuer(claims: &Claims, expected: &Issuer) -> Result<(), LogoutTokenProblem> {
    let found = required(claims, "iss")?;
    if found.as_str() == Some(expected.as_str()) {
        return Ok(());
    }
    Err(wrong("iss", found.clone(), expected.as_str()))
}

fn check_audience(claims: &Claims, client_id: &str) -> Result<(), LogoutTokenProblem> {
    let found = required(claims, "aud")?;
    let is_meant = match found {
        Value::String(audience) => audience == client_id,
        Value::Array(audiences) => audiences.iter().any(|audience| audience == client_id),
        _ => false,
    };
    if is_meant {
        return Ok(());
    }
    Err(wrong(
        "aud",
        found.clone(),
        &format!("the client `{client_id}`, or have it among others"),
    ))
}

fn check_issued_at(
    claims: &Claims,
    expected: &LogoutExpectation<'_>,
) -> Result<UnixTime, LogoutTokenProblem> {
    let issued_at = date(claims, "iat")?;
    let (now, skew) = (expected.now, expected.clock_skew);
    if now.plus(skew) < issued_at {
        return Err(LogoutTokenProblem::Future(issued_at.since(now).as_secs()));
    }
    // `iat` has whole seconds, and the request was on its way.
    if issued_at.plus(skew.max(limits::PROVIDER_TOTAL)) < now {
        return Err(LogoutTokenProblem::Old(now.since(issued_at).as_secs()));
    }
    Ok(issued_at)
}

fn check_expiry(
    claims: &Claims,
    expected: &LogoutExpectation<'_>,
) -> Result<UnixTime, LogoutTokenProblem> {
    let expires_at = date(claims, "exp")?.plus(expected.clock_skew);
    if expires_at <= expected.now {
        let since = expected
            .now
            .since(expires_at)
            .saturating_add(expected.clock_skew);
        return Err(LogoutTokenProblem::Expired(since.as_secs()));
    }
    Ok(expires_at)
}

fn target(claims: &Claims) -> Result<LogoutTarget, LogoutTokenProblem> {
    match (name(claims, "sid")?, name(claims, "sub")?) {
        (Some(session_id), subject) => Ok(LogoutTarget::Session {
            session_id,
            subject,
        }),
        (None, Some(subject)) => Ok(LogoutTarget::Person(subject)),
        (None, None) => Err(LogoutTokenProblem::Nobody),
    }
}

fn check_events(claims: &Claims) -> Result<(), LogoutTokenProblem> {
    let events = required(claims, "events")?;
    // §2.4: "The corresponding member value MUST be a JSON object".
    if events.get(EVENT).is_some_and(Value::is_object) {
        return Ok(());
    }
    Err(wrong(
        "events",
        events.clone(),
        &format!("an object with the member `{EVENT}`, which is an object"),
    ))
}

fn required<'a>(claims: &'a Claims, name: &'static str) -> Result<&'a Value, LogoutTokenProblem> {
    claims.get(name).ok_or(LogoutTokenProblem::Missing(name))
}

/// A string that is not empty.
fn name(claims: &Claims, name: &'static str) -> Result<Option<String>, LogoutTokenProblem> {
    match claims.get(name) {
        None => Ok(None),
        Some(Value::String(text)) if !text.is_empty() => Ok(Some(text.clone())),
        Some(other) => Err(wrong(name, other.clone(), "a string that is not empty")),
    }
}

/// A `NumericDate` (RFC 7519 §2).
fn date(claims: &Claims, name: &'static str) -> Result<UnixTime, LogoutTokenProblem> {
    let found = required(claims, name)?;
    let seconds = found
        .as_f64()
        .filter(|seconds| (0.0..=LAST_SECOND as f64).contains(seconds));
    match seconds {
        Some(seconds) => Ok(UnixTime::from_millis((seconds * 1000.0) as u64)),
        None => Err(wrong(name, found.clone(), "a number of seconds since 1970")),
    }
}

fn wrong(name: &'static str, found: Value, expected: &str) -> LogoutTokenProblem {
    LogoutTokenProblem::Wrong {
        name,
        found,
        expected: expected.to_owned(),
    }
}
