//! `GET /auth/logged-out`.

use url::form_urlencoded;

use crate::page::StaticPage;
use crate::request::Request;
use crate::response::Response;

/// Says that the session has ended, and whether the provider has ended its own.
pub fn response(request: &Request, page: StaticPage<'_>) -> Response {
    let mut parameters = form_urlencoded::parse(request.query.as_bytes());
    let has_provider_answered = parameters.any(|(name, _)| name == "state");
    page.logged_out(has_provider_answered)
}
