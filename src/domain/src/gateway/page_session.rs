//! The session of a request that a page makes. It counts only with what another page of the same host cannot have: the
//! page token. The cookie alone proves nothing, because the browser sends it with every request to this host.

use http::header::ORIGIN;
use http::{HeaderMap, HeaderName, Method};

use crate::error::{Code, Refusal};
use crate::request::Request;
use crate::response::X_GATEWAY_PAGE;
use crate::session::{Memory, Opened, PageToken, Session, Standing};
use crate::settings::SignIn;
use crate::time::UnixTime;

const SITE: HeaderName = HeaderName::from_static("sec-fetch-site");

/// What the session of a request is judged by.
#[derive(Clone, Copy)]
pub struct Circumstances<'a> {
    /// The settings.
    pub sign_in: &'a SignIn,
    /// The sessions of the request's cookies.
    pub opened: &'a Opened,
    /// Which sessions were ended.
    pub memory: &'a Memory,
    /// The time.
    pub now: UnixTime,
}

/// The session of `request`, whose check may be overdue.
///
/// # Errors
/// 401 `session_missing`, `page_token_missing`, `session_revoked` or `session_expired`; 409 `session_changed`; 403
/// `cross_origin_refused`.
pub fn of_page(request: &Request, circumstances: Circumstances<'_>) -> Result<Session, Refusal> {
    let token = field(&request.headers, &X_GATEWAY_PAGE);
    with_token(request, token, circumstances)
}

/// The same, where the token came in another place: a form of our own.
///
/// # Errors
/// Those of [`of_page`].
pub fn with_token(
    request: &Request,
    token: Option<&str>,
    circumstances: Circumstances<'_>,
) -> Result<Session, Refusal> {
    let Circumstances {
        sign_in,
        opened,
        memory,
        now,
    } = circumstances;
    if opened.is_empty() {
        return Err(missing());
    }
    let token = token.ok_or_else(page_token_missing)?;
    check_source(request, sign_in)?;
    // What is no token is nobody's.
    let found = PageToken::parse(token).and_then(|token| opened.for_page(&token));
    let session = found.ok_or_else(changed)?;
    if memory.has_ended(session, now) {
        return Err(revoked());
    }
    if session.standing(now, &sign_in.limits) == Standing::Expired {
        return Err(expired());
    }
    Ok(session.clone())
}

/// A second look at where the request comes from, as browsers tell it. What changes something must say it.
fn check_source(request: &Request, sign_in: &SignIn) -> Result<(), Refusal> {
    let site = field(&request.headers, &SITE);
    let origin = field(&request.headers, &ORIGIN);
    let is_foreign = site.is_some_and(|site| site != "same-origin")
        || origin.is_some_and(|origin| origin != sign_in.public_url.origin());
    let changes_nothing = matches!(request.method, Method::GET | Method::HEAD);
    if is_foreign || (site.is_none() && origin.is_none() && !changes_nothing) {
        return Err(cross_origin(sign_in));
    }
    Ok(())
}

/// The value of a field. One with characters that it never has is there all the same.
fn field<'a>(headers: &'a HeaderMap, name: &HeaderName) -> Option<&'a str> {
    headers
        .get(name)
        .map(|value| value.to_str().unwrap_or_default())
}

fn missing() -> Refusal {
    Refusal::new(
        Code::SessionMissing,
        "Nobody is signed in: the request has neither a bearer token nor the cookie of a session. Sign in, or send \
         `Authorization: Bearer <token>`.",
    )
}

fn page_token_missing() -> Refusal {
    Refusal::new(
        Code::PageTokenMissing,
        "The request has the cookie of a session, but no `X-Gateway-Page`, which only the endpoint's own page can send. \
         Open the page again.",
    )
}

fn changed() -> Refusal {
    Refusal::new(
        Code::SessionChanged,
        "The browser has another session than this page: somebody has signed in since it was opened. Load the page again.",
    )
}

fn cross_origin(sign_in: &SignIn) -> Refusal {
    let message = format!(
        "The request comes from another site than the page, or does not say where it comes from. A session serves pages of \
         {} alone; a client elsewhere sends `Authorization: Bearer <token>`.",
        sign_in.public_url.origin()
    );
    Refusal::new(Code::CrossOriginRefused, message)
}

fn revoked() -> Refusal {
    Refusal::new(
        Code::SessionRevoked,
        "The session was ended by a sign-out, here or at the identity provider. Sign in again.",
    )
}

fn expired() -> Refusal {
    Refusal::new(
        Code::SessionExpired,
        "The hours of the session are over. Sign in again.",
    )
}
