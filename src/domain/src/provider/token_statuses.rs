//! What identity providers have said about tokens that the gateway does not read itself, for as long as it is believed.

use std::rc::Rc;
use std::time::Duration;

use hmac_sha256::Hash;
use serde_json::Value;

use super::cause::Cause;
use super::document::Document;
use super::failure::{Failure, Target};
use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::issuer::Issuer;
use crate::settings::Settings;
use crate::single_flight::{Capacity, Outcome, SingleFlight, Waiters};
use crate::time::UnixTime;
use crate::token::AccessToken;
use crate::{json, limits};

/// What the provider says about a token: its claims, or why it is refused.
pub(super) type TokenStatus = Result<Claims, Refusal>;

/// Takes the place of a token without being one: a digest of all of it and of the settings that it is judged by.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(super) struct TokenDigest([u8; 32]);

impl TokenDigest {
    pub(super) fn new(
        document: Document,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
    ) -> Self {
        let mut hash = Hash::new();
        hash.update([document as u8]);
        hash.update(settings.digest);
        hash.update((issuer.as_str().len() as u64).to_be_bytes());
        hash.update(issuer.as_str());
        hash.update(token.reveal());
        Self(hash.finalize())
    }
}

/// The claims as JSON text: as many bytes as it has, where parsed JSON can take thirty times as many.
type StoredStatus = Result<Rc<str>, Refusal>;

/// What all providers of an endpoint have said.
pub(super) struct TokenStatuses {
    environment: Rc<dyn Environment>,
    flights: SingleFlight<TokenDigest, StoredStatus>,
}

impl TokenStatuses {
    pub(super) fn new(environment: Rc<dyn Environment>, waiters: Waiters) -> Self {
        let capacity = Capacity {
            entries: limits::TOKEN_STATUSES,
            bytes: limits::TOKEN_STATUSES_MEMORY,
        };
        // A discovery may come first.
        let longest = limits::PROVIDER_TOTAL;
        Self {
            flights: SingleFlight::new(Rc::clone(&environment), capacity, waiters, longest),
            environment,
        }
    }

    /// The known status, or what `fetch` brings; requests with the same token wait for one fetch.
    pub(super) async fn status(
        &self,
        token: TokenDigest,
        target: Target,
        fetch: impl Future<Output = Result<TokenStatus, Refusal>> + 'static,
    ) -> Result<Claims, Refusal> {
        let requested = self.environment.now();
        let work = async move { outcome(fetch.await, requested) };
        let stored = self.flights.get(token, work).await;
        let text = stored.unwrap_or_else(|crowded| {
            let cause = Cause::Crowded;
            Err(Failure { target, cause }.refusal(crowded.wait))
        })?;
        // It was written from claims that were read with these limits, so it can be read with them.
        json::parse_object(text.as_bytes(), limits::TOKEN_STATUS_DEPTH)
            .map(Claims::new)
            .map_err(|error| Refusal::new(Code::InternalError, error.to_string()))
    }
}

/// A failure of the provider says nothing about the token, so it is not kept.
fn outcome(status: Result<TokenStatus, Refusal>, requested: UnixTime) -> Outcome<StoredStatus> {
    let (value, lifetime): (StoredStatus, _) = match status {
        Err(failure) => (Err(failure), Duration::ZERO),
        Ok(Err(refusal)) => (Err(refusal), limits::TOKEN_STATUS_REFUSED),
        Ok(Ok(claims)) => (
            Ok(json::text(claims.members()).into()),
            lifetime(&claims, requested),
        ),
    };
    let text = match &value {
        Ok(text) => text.len(),
        Err(refusal) => refusal.message().len(),
    };
    Outcome {
        value,
        lifetime,
        bytes: text + size_of::<TokenDigest>() + size_of::<StoredStatus>(),
    }
}

/// A good token is not believed beyond its own end, which the judgement of its claims reads more strictly than this. RFC
/// 7662 §2.2 makes `exp` optional: without a number there the usual time counts.
fn lifetime(claims: &Claims, requested: UnixTime) -> Duration {
    let Some(expiry) = claims.get("exp").and_then(Value::as_f64) else {
        return limits::TOKEN_STATUS_GOOD;
    };
    // The cast takes what is below zero, or not a number, for zero and what is too large for the last point there is.
    let expiry = UnixTime::from_millis((expiry * 1000.0) as u64);
    expiry.since(requested).min(limits::TOKEN_STATUS_GOOD)
}
