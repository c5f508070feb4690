//! `GET /auth/session`: what the page knows of the session. It sets nothing.

use http::StatusCode;
use serde::Serialize;

use crate::error::{Code, Refusal};
use crate::json;
use crate::response::Response;
use crate::session::Session;

use super::SignInOperations;
use super::visit::Visit;

/// The state of a session, in the names that pages depend on.
#[derive(Serialize)]
struct State<'a> {
    signed_in: bool,
    user: &'a str,
    name: Option<&'a str>,
    is_admin: bool,
    /// By handler, so that the page does not offer what would be refused.
    closed_operations: Vec<&'static str>,
    /// Seconds.
    expires_in: u64,
    /// Seconds.
    check_in: u64,
    provider_reachable: bool,
}

#[derive(Serialize)]
struct SignedOut {
    signed_in: bool,
}

impl SignInOperations {
    /// Who is signed in. Nobody is a good answer too.
    ///
    /// # Errors
    /// Why the session does not count, or why the request is not the page's.
    pub(super) fn session_state(visit: &Visit<'_>) -> Result<Response, Refusal> {
        match visit.session_of_page() {
            Ok(session) => Ok(response(&session, visit)),
            Err(refusal) if refusal.code() == Code::SessionMissing => {
                let body = json::text(&SignedOut { signed_in: false });
                Ok(Response::json(StatusCode::OK, body))
            }
            Err(refusal) => Err(refusal),
        }
    }
}

/// The state of `session`.
pub(super) fn response(session: &Session, visit: &Visit<'_>) -> Response {
    let limits = &visit.sign_in.limits;
    let person = session.person();
    let state = State {
        signed_in: true,
        user: person.caller.user.as_str(),
        name: person.name.as_deref(),
        is_admin: person.caller.is_admin,
        closed_operations: visit
            .settings
            .operation_rules
            .closed_to(person.caller.unmet),
        expires_in: session.expires_in(visit.now, limits).as_secs(),
        check_in: session.check_in(visit.now, limits).as_secs(),
        provider_reachable: session.provider_is_reachable(),
    };
    Response::json(StatusCode::OK, json::text(&state))
}
