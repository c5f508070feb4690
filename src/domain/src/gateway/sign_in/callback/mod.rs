//! `GET /auth/callback`: takes the browser back from the identity provider (RFC 6749 §4.1.2, OpenID Connect Core §3.1.2.5)
//! and begins a session.
//!
//! Nothing that a callback brings is believed before its `state` is found to be that of a login of this very browser, and
//! nobody is asked before everything is judged that can be judged without asking.

use crate::error::{Code, Refusal};
use crate::events::Step;
use crate::oauth::{AuthorizationCode, AuthorizationResponse, CallbackProblem, Prompt};
use crate::response::Response;
use crate::session::{LoginMark, ReturnTo, SealedSession, SetCookie, Transaction};

mod lookup;
mod provider_error;
mod redemption;
mod work;

pub(super) use redemption::Redemptions;

use lookup::{Found, Login};
use redemption::Key;

use super::visit::Visit;
use super::{SignInOperations, head};

/// How many logins may start by themselves, one after the other, because the one before was stale.
const RESTARTS: u8 = 2;

/// What is to be done for a callback.
enum Verdict {
    /// Send the browser there; its cookies stay as they are.
    Go(ReturnTo),
    /// Redeem the code.
    Redeem(Login, AuthorizationCode),
    /// Begin the same login again.
    Restart(Transaction),
}

impl SignInOperations {
    /// Ends a login.
    ///
    /// # Errors
    /// 400 `sign_in_failed`, 403 `sign_in_refused` or the policy's own code, 503.
    pub(super) async fn callback(&self, visit: &Visit<'_>) -> Result<Response, Refusal> {
        let verdict = self.judge(visit).await;
        match verdict {
            Err(refusal) => {
                self.write_step(self.step(visit, Step::Login).failed(&refusal));
                Err(refusal)
            }
            Ok(Verdict::Go(return_to)) => Ok(to(visit, &return_to)),
            Ok(Verdict::Redeem(login, code)) => self.redeem(visit, login, code).await,
            Ok(Verdict::Restart(stale)) => {
                let (return_to, attempt) = (stale.return_to().clone(), stale.attempt() + 1);
                self.begin(visit, return_to, stale.prompt(), attempt).await
            }
        }
    }

    async fn judge(&self, visit: &Visit<'_>) -> Result<Verdict, Refusal> {
        // RFC 6749 §3.1: "Request and response parameters MUST NOT be included more than once."
        let response = match AuthorizationResponse::parse(&visit.request.query) {
            Ok(response) => response,
            Err(problem @ CallbackProblem::Twice(_)) => return Err(problem.into()),
            Err(problem) => return doubtful(visit, problem.into()),
        };
        // RFC 6749 §10.12: `state` must have been given to this browser, for one login and once.
        let login = match lookup::find(visit, &response.state) {
            Found::Fresh(login) if self.is_open(visit, &login, &response) => login,
            Found::Fresh(_) => return doubtful(visit, used_login()),
            Found::Stale(transaction) => return stale(visit, &response, transaction),
            Found::Nothing => return doubtful(visit, unknown_login()),
        };
        // RFC 9207 §2.4: the response must be of the provider that the browser was sent to.
        let metadata = self
            .providers
            .sign_in_metadata(visit.settings, visit.sign_in)
            .await?;
        let is_always_sent = metadata.authorization_response_iss_parameter_supported;
        response.check_issuer(&visit.sign_in.issuer, is_always_sent)?;
        match response.result {
            // With `prompt=none` an error says no more than that nobody is signed in at the provider.
            Err(_) if login.transaction.prompt() == Some(Prompt::None) => {
                Ok(Verdict::Go(login.transaction.return_to().clone()))
            }
            Err(error) => Err(provider_error::refusal(&error)),
            Ok(_) if has_finished(visit, &response.state) => {
                Ok(Verdict::Go(login.transaction.return_to().clone()))
            }
            Ok(code) => Ok(Verdict::Redeem(login, code)),
        }
    }

    /// Whether the login may be finished: its code was not redeemed, or a moment ago with this very request.
    fn is_open(&self, visit: &Visit<'_>, login: &Login, response: &AuthorizationResponse) -> bool {
        let transaction = &login.transaction;
        if !visit.memory.is_used(transaction, visit.now) {
            return true;
        }
        let Ok(code) = &response.result else {
            return false;
        };
        let key = Key::new(&login.cookie, &response.state, code.reveal());
        match self.redemptions.kept(transaction.id(), key) {
            // A session that was ended since then does not come back with the button of the browser.
            Some(Ok(sealed)) => !visit.memory.has_ended(sealed.session(), visit.now),
            Some(Err(_)) => true,
            None => false,
        }
    }

    async fn redeem(
        &self,
        visit: &Visit<'_>,
        login: Login,
        code: AuthorizationCode,
    ) -> Result<Response, Refusal> {
        let state = login.transaction.state(login.slot);
        let key = Key::new(&login.cookie, state.as_str(), code.reveal());
        let transaction = login.transaction.clone();
        let work = self.work(visit, login, code);
        let redeemed = self.redemptions.get(transaction.id(), key, work.run());
        let sealed = redeemed.await?;
        Ok(signed_in(visit, transaction.return_to(), &sealed))
    }
}

/// A redirect to the page, or what it shows of a session of one's own. Where the provider's answer is in doubt the session
/// that there is stays, and nothing of the answer is used.
fn doubtful(visit: &Visit<'_>, refusal: Refusal) -> Result<Verdict, Refusal> {
    if visit.has_live_session() {
        return Ok(Verdict::Go(ReturnTo::home()));
    }
    Err(refusal)
}

/// A login that began too long ago starts again by itself, because the provider's page may have been open over night. But
/// an error never does: it would come back.
fn stale(
    visit: &Visit<'_>,
    response: &AuthorizationResponse,
    transaction: Transaction,
) -> Result<Verdict, Refusal> {
    if visit.has_live_session() {
        return Ok(Verdict::Go(ReturnTo::home()));
    }
    match &response.result {
        Err(error) => Err(provider_error::refusal(error)),
        Ok(_) if transaction.attempt() < RESTARTS => Ok(Verdict::Restart(transaction)),
        Ok(_) => Err(stale_login()),
    }
}

/// Whether the browser's session is the one that this login has begun.
fn has_finished(visit: &Visit<'_>, state: &str) -> bool {
    visit.session().is_some_and(|session| {
        session.login_mark() == LoginMark::of(state) && visit.is_live(&session)
    })
}

fn to(visit: &Visit<'_>, return_to: &ReturnTo) -> Response {
    head::redirect(&return_to.address(&visit.sign_in.public_url))
}

fn signed_in(visit: &Visit<'_>, return_to: &ReturnTo, sealed: &SealedSession) -> Response {
    let limits = &visit.sign_in.limits;
    let cookie = SetCookie::session(&visit.names, sealed, visit.now, limits);
    let response = head::with_cookie(to(visit, return_to), &cookie);
    if head::fits(&response, &visit.request.id) {
        return response;
    }
    // The person is signed in either way, and the session matters more than the place.
    head::with_cookie(to(visit, &ReturnTo::home()), &cookie)
}

fn unknown_login() -> Refusal {
    sign_in_failed(
        "this browser has not begun it, or has no cookie of it. It may have been begun in another browser or app, or the \
         browser blocks cookies of this site.",
    )
}

fn used_login() -> Refusal {
    sign_in_failed("it was finished already, and the session that it has begun is over.")
}

fn stale_login() -> Refusal {
    sign_in_failed(
        "its answer came too late several times. Finish the page of the identity provider within 15 minutes.",
    )
}

fn sign_in_failed(why: &str) -> Refusal {
    let message = format!("The sign-in failed: {why} Sign in again.");
    Refusal::new(Code::SignInFailed, message)
}
