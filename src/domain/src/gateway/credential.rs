//! What a request carries to prove who sent it.

use http::header::AUTHORIZATION;

use crate::error::{Code, Refusal};
use crate::limits;
use crate::request::Request;
use crate::response::X_GATEWAY_PAGE;
use crate::session::{Session, Standing};
use crate::settings::{AppKey, MetricsToken};
use crate::token::AccessToken;

use super::sign_in::Visit;

/// The credential of a request.
pub enum Credential {
    /// The one bearer token of `Authorization`.
    Bearer(AccessToken),
    /// The session of the browser's cookie, together with the page token.
    Session(Box<Session>),
}

impl Credential {
    /// Takes it from the request. This is the only place that does. Without a `visit`, where nobody signs in with a
    /// browser, no cookie is looked at.
    ///
    /// A bearer token decides alone, also when it is bad: a client that sends one means it. Another scheme is that of a
    /// proxy in between where the page sends its token.
    ///
    /// # Errors
    /// The request carries no credential, or one that cannot be a token or opens nothing.
    pub fn of(request: &Request, visit: Option<&Visit<'_>>) -> Result<Self, Refusal> {
        let bearer = AccessToken::from_headers(&request.headers).map(Self::Bearer);
        let Some(visit) = visit else {
            return bearer;
        };
        let is_absent = matches!(&bearer, Err(refusal) if refusal.code() == Code::TokenMissing);
        let headers = &request.headers;
        let is_of_page = headers.contains_key(X_GATEWAY_PAGE);
        if is_absent && (is_of_page || !headers.contains_key(AUTHORIZATION)) {
            return of_session(visit).map(|session| Self::Session(Box::new(session)));
        }
        bearer
    }

    /// Whether the bearer token of `request` is `key`, which opens the metrics alone.
    pub fn is_metrics_token(request: &Request, key: &MetricsToken) -> bool {
        AccessToken::from_headers(&request.headers).is_ok_and(|token| key.is(token.reveal()))
    }

    /// Whether the bearer token of `request` is the endpoint's app key, which only its administrator has.
    pub fn is_app_key(request: &Request, app_key: &AppKey) -> bool {
        AccessToken::from_headers(&request.headers).is_ok_and(|token| app_key.is(token.reveal()))
    }
}

/// The session of a request for the app. One whose check with the provider is overdue opens nothing but the operations of
/// the sign-in itself.
fn of_session(visit: &Visit<'_>) -> Result<Session, Refusal> {
    let session = visit.session_of_page()?;
    match session.standing(visit.now, &visit.sign_in.limits) {
        Standing::Good => Ok(session),
        Standing::CheckOverdue | Standing::Expired => Err(Refusal::new(
            Code::SessionExpired,
            "The session must be checked with the identity provider before it opens anything else. Ask for \
             `POST /auth/refresh`, or load the page again.",
        )),
        Standing::GraceOver => Err(Refusal::new(
            Code::IdentityProviderUnavailable,
            "The identity provider has been out of reach for so long that the session could not be checked in time. You are \
             still signed in; try again when it is back.",
        )
        .with_retry_after(limits::SESSION_RETRY)),
    }
}
