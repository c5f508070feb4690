//! `POST /auth/refresh`: has the session checked and its cookie renewed. Beside the callback and the logout it is the only
//! operation that sets the session's cookie, so no late response can put an older one back.

use crate::error::{Code, Refusal};
use crate::json;
use crate::limits;
use crate::request::Body;
use crate::response::Response;
use crate::session::{Session, SetCookie, TokenFate};

use super::check::Checked;
use super::visit::Visit;
use super::{SignInOperations, Signed, head, small_body, state};

impl SignInOperations {
    /// The state of the session after a check.
    ///
    /// # Errors
    /// Why there is no session, or the request is not the page's; `busy`.
    pub(super) async fn refresh(
        &self,
        visit: &Visit<'_>,
        body: &dyn Body,
    ) -> Result<Signed, Refusal> {
        let session = visit.session_of_page()?;
        let is_active = is_active(body)?;
        let limits = &visit.sign_in.limits;
        if session.is_idle(visit.now, limits) {
            return Ok(Signed::Out(idle()));
        }
        // What was refreshed a moment ago, by another tab or by this one that has missed the response, needs no provider.
        let checked = if session.is_fresh(visit.now, limits) {
            Checked::GoesOn(Box::new(session.clone()))
        } else {
            self.check(visit, session.clone()).await?
        };
        let session = match checked {
            Checked::GoesOn(checked) => *checked,
            Checked::Unknown(_) => session.unchecked(visit.now),
            Checked::Ended(refusal) => {
                visit.memory.end(&session, limits);
                return Ok(Signed::Out(refusal));
            }
        };
        let session = if is_active {
            session.used(visit.now)
        } else {
            session
        };
        self.renewed(visit, session).map(Signed::In)
    }

    fn renewed(&self, visit: &Visit<'_>, session: Session) -> Result<Response, Refusal> {
        let random = self.environment.random_bytes();
        let sealed = session.seal(&visit.keys, &visit.names, &random)?;
        // A provider may give a longer one at a check (RFC 6749 §6).
        if matches!(sealed.token_fate(), TokenFate::LeftOut { .. }) {
            visit.memory.note_token(sealed.token_fate());
        }
        let response = state::response(sealed.session(), visit);
        let limits = &visit.sign_in.limits;
        let cookie = SetCookie::session(&visit.names, &sealed, visit.now, limits);
        Ok(head::with_cookie(response, &cookie))
    }
}

fn idle() -> Refusal {
    Refusal::new(
        Code::SessionExpired,
        "The session has ended because it was not used for too long. Sign in again.",
    )
}

/// Whether the person is at work. A page in the background says no, and the session ends when nobody has used it.
fn is_active(body: &dyn Body) -> Result<bool, Refusal> {
    let body = small_body::read(body, limits::SIGN_IN_BODY)?;
    if body.trim_ascii().is_empty() {
        return Ok(true);
    }
    let members = json::parse_object(&body, limits::JOSE_DEPTH).ok();
    let active = members.as_ref().map(|members| members.get("active"));
    match active {
        Some(None) => Ok(true),
        Some(Some(serde_json::Value::Bool(active))) => Ok(*active),
        Some(Some(_)) | None => Err(Refusal::new(
            Code::BadRequest,
            "The body is not a JSON object with `active`, which is true or false. Send `{\"active\":true}`, or nothing.",
        )),
    }
}
