//! `GET /auth/logout`: a form that posts, for a browser without scripts. The address itself ends nothing, because any page
//! can have it opened.

use crate::error::{Code, Refusal};
use crate::limits;
use crate::page::{PAGE_TOKEN_OF_FORM, StaticPage};
use crate::request::{Body, navigation};
use crate::response::Response;
use crate::session::Session;

use super::small_body;
use super::visit::Visit;

/// The form for the session of the browser's window; where nobody is signed in, the page that says so.
///
/// # Errors
/// `navigation_required`; `session_changed` where the browser has sessions of several people.
pub(super) fn response(visit: &Visit<'_>, page: StaticPage<'_>) -> Result<Response, Refusal> {
    // The form holds the page token, so it goes into a window and nowhere else.
    navigation::check_window(visit.request)?;
    let live = visit.session().filter(|session| visit.is_live(session));
    match live {
        Some(session) => Ok(page.logout_form(&session.page_token().to_text())),
        None if visit.has_live_session() => Err(several()),
        None => Ok(page.logged_out(false)),
    }
}

/// Whether a request to end the session came from the form.
pub(super) fn is_form(visit: &Visit<'_>) -> bool {
    let media_type = visit.request.headers.get(http::header::CONTENT_TYPE);
    let text = media_type
        .and_then(|value| value.to_str().ok())
        .unwrap_or_default();
    let essence = text.split(';').next().unwrap_or_default().trim();
    essence.eq_ignore_ascii_case("application/x-www-form-urlencoded")
}

/// The session whose page token the form has.
///
/// # Errors
/// Why there is none, or why the form is not ours.
pub(super) fn session(visit: &Visit<'_>, body: &dyn Body) -> Result<Session, Refusal> {
    let form = small_body::read(body, limits::SIGN_IN_BODY)?;
    let token = small_body::form_value(&form, PAGE_TOKEN_OF_FORM)?;
    visit.session_with_token(token.as_deref())
}

fn several() -> Refusal {
    Refusal::new(
        Code::SessionChanged,
        "The browser has sessions of several people, so nobody counts as signed in. Remove the cookies of this site in the \
         browser's settings, and sign in again.",
    )
}
