//! A person signs in with the browser: the way to the identity provider and back, the checks of the session that it
//! begins, and its end.
//!
//! Every operation is a file. What an endpoint remembers between requests is bounded and may be lost: the browser's cookies
//! hold everything that must not be.

use std::rc::Rc;

use crate::environment::Environment;
use crate::error::{Code, Refusal, last_resort};
use crate::events::{Event, Events, SignInStep, Step};
use crate::operation::Responder;
use crate::provider::Providers;
use crate::request::{Body, Request};
use crate::response::{self, Response};
use crate::session::{CookieNames, Memories, SetCookie};
use crate::settings::{Settings, SignIn};

use super::address;
use super::case::Case;
use super::declared_inputs::DeclaredInputsCache;

mod back_channel_logout;
mod callback;
mod check;
mod head;
mod key_ring;
mod login;
mod login_scopes;
mod logout;
mod logout_form;
mod people;
mod refresh;
pub mod registered;
mod small_body;
mod state;
#[cfg(test)]
mod tests;
mod visit;

use callback::Redemptions;
use check::Checks;
use key_ring::KeyRing;
use people::People;
pub use visit::Visit;

/// What a refresh has come to.
enum Signed {
    /// The session goes on.
    In(Response),
    /// It has ended, and its cookie goes.
    Out(Refusal),
}

/// The operations of the sign-in.
pub struct SignInOperations {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    providers: Rc<Providers>,
    declared_inputs: Rc<DeclaredInputsCache>,
    memories: Rc<Memories>,
    keys: KeyRing,
    redemptions: Redemptions,
    checks: Checks,
}

impl SignInOperations {
    /// Knows no session yet. `memories` are those by which requests with a session are judged too.
    pub fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        providers: Rc<Providers>,
        declared_inputs: Rc<DeclaredInputsCache>,
        memories: Rc<Memories>,
    ) -> Self {
        Self {
            redemptions: Redemptions::new(Rc::clone(&environment)),
            checks: Checks::new(Rc::clone(&environment)),
            environment,
            events,
            providers,
            declared_inputs,
            memories,
            keys: KeyRing::new(),
        }
    }

    /// The response of an operation whose class is [`crate::operation::Class::SignIn`].
    ///
    /// # Errors
    /// `sign_in_disabled` where the settings have no sign-in, and those of each operation.
    pub async fn respond(
        &self,
        case: &mut Case<'_>,
        settings: &Rc<Settings>,
        body: &dyn Body,
    ) -> Result<Response, Refusal> {
        let sign_in = settings_of(settings)?;
        let visit = self.visit_of(case.request, settings, sign_in)?;
        let operation = case.route.operation;
        case.record.user = log_name(&visit, operation.responder);
        let response = match operation.responder {
            Responder::BackchannelLogout => self.back_channel_logout(&visit, body).await?,
            Responder::Callback => self.callback(&visit).await?,
            // The cookie of the login would stay at this host, and the callback comes to the other. Only what a forged `Host`
            // could reach is asked, so no redirect follows from it.
            Responder::Login if is_elsewhere(&visit) => case.static_page().wrong_address(),
            Responder::Login => self.login(&visit).await?,
            Responder::Logout => self.logout(&visit, case.static_page(), body).await?,
            Responder::LogoutForm => logout_form::response(&visit, case.static_page())?,
            Responder::Refresh => match self.refresh(&visit, body).await? {
                Signed::In(response) => response,
                Signed::Out(refusal) => signed_out(case, &visit.names, &refusal),
            },
            Responder::Session => Self::session_state(&visit)?,
            _ => return Err(last_resort::internal_error()),
        };
        head::fitting(response, &case.request.id)
    }

    /// The request of `case`, as far as it may come from a signed-in browser; `None` where nobody signs in.
    ///
    /// # Errors
    /// `configuration_error` where `public_url` is the address of another endpoint.
    pub fn visit<'a>(
        &self,
        request: &'a Request,
        settings: &'a Rc<Settings>,
    ) -> Result<Option<Visit<'a>>, Refusal> {
        let sign_in = settings.sign_in.as_ref();
        sign_in
            .map(|sign_in| self.visit_of(request, settings, sign_in))
            .transpose()
    }

    fn visit_of<'a>(
        &self,
        request: &'a Request,
        settings: &'a Rc<Settings>,
        sign_in: &'a Rc<SignIn>,
    ) -> Result<Visit<'a>, Refusal> {
        sign_in.check_hook(&request.hook_id)?;
        let keys = self.keys.of(settings, sign_in, &request.endpoint);
        let memory = self.memories.of(&sign_in.policy_digest);
        let now = self.environment.now();
        Ok(Visit::new(request, settings, sign_in, keys, memory, now))
    }

    fn people(&self, visit: &Visit<'_>) -> People {
        People {
            environment: Rc::clone(&self.environment),
            providers: Rc::clone(&self.providers),
            declared_inputs: Rc::clone(&self.declared_inputs),
            settings: Rc::clone(visit.settings),
            sign_in: Rc::clone(visit.sign_in),
        }
    }

    fn step<'a>(&self, visit: &'a Visit<'_>, step: Step) -> SignInStep<'a> {
        let request = visit.request;
        let issuer = visit.sign_in.issuer.as_str();
        SignInStep::new(step, &request.id, &request.endpoint, issuer)
    }

    fn write_step(&self, step: SignInStep<'_>) {
        self.events.write(&Event::SignInStep(step));
    }
}

fn is_elsewhere(visit: &Visit<'_>) -> bool {
    address::is_elsewhere(&visit.request.headers, &visit.sign_in.public_url)
}

/// Whose session the request has, for its line in the log. The cookie names nobody where it came without the page token,
/// except in the browser's window, which has none.
fn log_name(visit: &Visit<'_>, responder: Responder) -> Option<String> {
    let of_window = || visit.session().filter(|session| visit.is_live(session));
    let session = match responder {
        Responder::Callback | Responder::Login | Responder::LogoutForm => of_window(),
        Responder::Logout if logout_form::is_form(visit) => of_window(),
        Responder::Logout | Responder::Refresh | Responder::Session => visit.session_of_page().ok(),
        _ => None,
    };
    session.map(|session| visit.log_name(&session))
}

/// The refusal of a session that has ended, with the end of its cookie.
fn signed_out(case: &mut Case<'_>, names: &CookieNames, refusal: &Refusal) -> Response {
    case.record.refused(refusal);
    let response = response::of_refusal(refusal, &case.request.id, &case.challenge);
    head::with_cookie(response, &SetCookie::no_session(names))
}

/// How people sign in at the endpoint.
///
/// # Errors
/// `sign_in_disabled`.
pub fn settings_of(settings: &Settings) -> Result<&Rc<SignIn>, Refusal> {
    settings.sign_in.as_ref().ok_or_else(sign_in_disabled)
}

fn sign_in_disabled() -> Refusal {
    Refusal::new(
        Code::SignInDisabled,
        "Nobody can sign in here: the endpoint's setting `sign_in` is off. Send `Authorization: Bearer <token>`, or ask the \
         administrator to turn it on.",
    )
}
