//! Compares a session with the provider: is the person still allowed in, and as whom?
//!
//! Requests of several tabs, and those that come again because a response was lost, share one check: a refresh token that is
//! used twice may end the session at the provider (RFC 9700 §4.14.2).

use std::rc::Rc;
use std::time::Duration;

use hmac_sha256::Hash;

use super::SignInOperations;
use super::people::{People, Problem};
use super::visit::Visit;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::events::{Event, Events, SignInStep, Step};
use crate::limits;
use crate::oauth::RefreshToken;
use crate::provider::TokenFailure;
use crate::relay::UserKey;
use crate::session::{Check, KeptToken, PageSecret, Session, SessionId};
use crate::single_flight::{Capacity, Crowded, Outcome, SingleFlight, Waiters};
use crate::time::UnixTime;

/// What a check has come to.
#[derive(Clone, Debug)]
pub(super) enum Checked {
    /// The session goes on, with what the provider says now.
    GoesOn(Box<Session>),
    /// Nobody could find out, which says nothing about the person.
    Unknown(Refusal),
    /// The session has ended.
    Ended(Refusal),
}

/// Whose check it was and what it was made with. A result goes to the cookie that has asked for it and to no other, also
/// where a provider issues the same refresh token again.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
struct Key {
    session: SessionId,
    page_secret: PageSecret,
    last_check: UnixTime,
    /// SHA-256.
    token: [u8; 32],
}

impl Key {
    fn of(session: &Session) -> Option<Self> {
        let token = match session.token()? {
            KeptToken::Access(token) => token.reveal(),
            KeptToken::Refresh(token) => token.reveal(),
        };
        Some(Self {
            session: session.id(),
            page_secret: session.page_secret(),
            last_check: session.last_check(),
            token: Hash::hash(token.as_bytes()),
        })
    }
}

/// The checks of an endpoint.
pub(super) struct Checks(SingleFlight<Key, Checked>);

impl Checks {
    /// None yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        let capacity = Capacity {
            entries: limits::CHECKS_KEPT,
            bytes: limits::CHECKS_MEMORY,
        };
        let waiters = Waiters::new(limits::PROVIDER_WAITERS);
        Self(SingleFlight::new(
            environment,
            capacity,
            waiters,
            limits::LOGIN_TOTAL,
        ))
    }

    /// What the session has become, if a check of it was made that its cookie does not know of yet.
    pub fn known(&self, session: &Session) -> Option<Session> {
        match self.0.kept(&Key::of(session)?)? {
            Checked::GoesOn(session) => Some(*session),
            Checked::Unknown(_) | Checked::Ended(_) => None,
        }
    }
}

impl SignInOperations {
    /// What the provider says of `session`.
    ///
    /// # Errors
    /// `busy` where too many wait for it.
    pub(super) async fn check(
        &self,
        visit: &Visit<'_>,
        session: Session,
    ) -> Result<Checked, Refusal> {
        let (Some(key), Some(token)) = (Key::of(&session), session.token().cloned()) else {
            return Ok(Checked::GoesOn(Box::new(session.renewed(visit.now))));
        };
        let work = Work {
            people: self.people(visit),
            events: Rc::clone(&self.events),
            request_id: visit.request.id.clone(),
            endpoint: visit.request.endpoint.clone(),
            token,
            session,
        };
        let kept = visit.sign_in.limits.check + limits::CHECK_KEPT;
        let work = async move {
            let value = work.run().await;
            Outcome {
                lifetime: lifetime(&value, kept),
                value,
                bytes: limits::SESSION_COOKIE,
            }
        };
        let checked = self.checks.0.get(key, work).await;
        checked.map_err(|Crowded { wait }| crowded(wait))
    }
}

/// A good check is kept for as long as the cookie counts that has asked for it.
const fn lifetime(checked: &Checked, kept: Duration) -> Duration {
    match checked {
        Checked::GoesOn(_) => kept,
        Checked::Unknown(_) | Checked::Ended(_) => limits::CHECK_PAUSE,
    }
}

/// A check that goes on where the request that has begun it is gone, so it owns what it needs.
struct Work {
    people: People,
    events: Rc<Events>,
    request_id: String,
    endpoint: String,
    token: KeptToken,
    session: Session,
}

impl Work {
    async fn run(self) -> Checked {
        let checked = match &self.token {
            KeptToken::Access(token) => match self.people.at_check(token, &self.session).await {
                Ok(found) => Ok((
                    self.after(Check {
                        person: found.person,
                        auth_time: None,
                        token: None,
                    }),
                    None,
                )),
                Err(problem) => Err(problem),
            },
            KeptToken::Refresh(token) => self.refreshed(token).await,
        };
        let (checked, detail) = match checked {
            Ok((session, detail)) => (Checked::GoesOn(Box::new(session)), detail),
            Err(Problem::Temporary(refusal)) => (Checked::Unknown(refusal), None),
            Err(Problem::Final(refusal)) => (Checked::Ended(ended(refusal)), None),
        };
        self.write(&checked, detail);
        checked
    }

    /// RFC 6749 §6, OpenID Connect Core §12.
    async fn refreshed(
        &self,
        token: &RefreshToken,
    ) -> Result<(Session, Option<&'static str>), Problem> {
        let People {
            providers,
            settings,
            sign_in,
            ..
        } = &self.people;
        let tokens = providers
            .refresh(settings, sign_in, token)
            .await
            .map_err(problem)?;
        let found = self.people.at_refresh(&tokens, &self.session).await?;
        // RFC 6749 §6: a new refresh token replaces the old one; without one the old goes on.
        let token = tokens.refresh_token.map(KeptToken::Refresh);
        let Some(found) = found else {
            let person = self.session.person().clone();
            return Ok((
                self.after(Check {
                    person,
                    auth_time: None,
                    token,
                }),
                None,
            ));
        };
        let detail = found
            .has_earlier_auth_time
            .then_some("`auth_time` of the new ID token is earlier than the login's");
        // A later one is fine: the person has given the password again.
        let auth_time = found.auth_time.filter(|_| !found.has_earlier_auth_time);
        let check = Check {
            person: found.person,
            auth_time,
            token,
        };
        Ok((self.after(check), detail))
    }

    fn after(&self, check: Check) -> Session {
        self.session
            .clone()
            .checked(check, self.people.environment.now())
    }

    fn write(&self, checked: &Checked, detail: Option<&str>) {
        let People {
            settings, sign_in, ..
        } = &self.people;
        let user = UserKey::new(settings, &self.session.person().caller.user).log_name();
        let issuer = sign_in.issuer.as_str();
        let step = SignInStep::new(Step::Check, &self.request_id, &self.endpoint, issuer)
            .of_user(Some(user));
        let step = match checked {
            Checked::GoesOn(_) => step.with_detail(detail.map(str::to_owned)),
            Checked::Unknown(refusal) | Checked::Ended(refusal) => step.failed(refusal),
        };
        self.events.write(&Event::SignInStep(step));
    }
}

/// Only what the provider says of the refresh token itself ends a session.
fn problem(failure: TokenFailure) -> Problem {
    match failure {
        TokenFailure::Ended(refusal) => Problem::Final(refusal),
        TokenFailure::Busy(refusal)
        | TokenFailure::ClientRefused(refusal)
        | TokenFailure::Temporary(refusal)
        | TokenFailure::Unusable(refusal) => Problem::Temporary(refusal),
    }
}

/// The end of a session, whatever the rule is that the person does not meet any more.
fn ended(refusal: Refusal) -> Refusal {
    if matches!(refusal.code(), Code::SessionEnded | Code::SessionExpired) {
        return refusal;
    }
    let message = format!(
        "The session has ended. {} Sign in again.",
        refusal.message()
    );
    let detail = refusal
        .log_detail()
        .unwrap_or_else(|| refusal.code().as_str());
    Refusal::new(Code::SessionEnded, message).with_log_detail(detail)
}

fn crowded(wait: Duration) -> Refusal {
    let message = "Too many sessions wait for their check with the identity provider. Try again after the time in \
                   `Retry-After`.";
    Refusal::new(Code::Busy, message).with_retry_after(wait)
}
