//! The heads of the sign-in's own responses. Each is measured before it is sent, because Dify's nginx answers 502 in place
//! of a head that is over 4096 bytes.

use http::header::{CACHE_CONTROL, LOCATION, REFERRER_POLICY, SET_COOKIE};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::{Code, Refusal};
use crate::limits;
use crate::page;
use crate::response::cors::CorsHeaders;
use crate::response::{Response, X_REQUEST_ID};
use crate::session::SetCookie;

/// A redirect of the browser's window. 303, so that a callback is in no history and no form is sent twice (RFC 9110
/// §15.4.4).
pub(super) fn redirect(location: &str) -> Response {
    let mut response = Response::empty(StatusCode::SEE_OTHER);
    let headers = &mut response.headers;
    // Made of addresses in their normal form, so it always is a value.
    if let Ok(location) = HeaderValue::from_str(location) {
        headers.insert(LOCATION, location);
    }
    headers.insert(CACHE_CONTROL, HeaderValue::from_static("no-store"));
    // The address of a callback has a code in it.
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    response
}

/// `response` with this cookie, the only one.
pub(super) fn with_cookie(mut response: Response, cookie: &SetCookie) -> Response {
    response.headers.insert(SET_COOKIE, cookie.to_header());
    response
}

/// Whether the head of `response` to the request with this id is short enough for every proxy on its way.
pub(super) fn fits(response: &Response, request_id: &str) -> bool {
    let mut headers = response.headers.clone();
    // Every response of an endpoint with sign-in gets these at its end.
    page::protect(&mut headers);
    // Its `Vary`. No other origin may read a response of the sign-in.
    CorsHeaders::default().apply(&mut headers);
    length(&headers, request_id) <= limits::RESPONSE_HEAD
}

/// `response`, if its head fits.
///
/// # Errors
/// `configuration_error`: what else is in these heads is bounded, so an address in it is too long: the endpoint's, or the provider's with the client in it.
pub(super) fn fitting(response: Response, request_id: &str) -> Result<Response, Refusal> {
    if fits(&response, request_id) {
        return Ok(response);
    }
    let message = format!(
        "The head of the response has more than {} bytes, which proxies do not pass on. The administrator of this endpoint \
         must choose a shorter `public_url` or `client_id`.",
        limits::RESPONSE_HEAD
    );
    Err(Refusal::new(Code::ConfigurationError, message))
}

/// The length of a head in HTTP/1.1, with the field that every response gets.
fn length(headers: &HeaderMap, request_id: &str) -> usize {
    const STATUS_LINE: usize = "HTTP/1.1 303 See Other\r\n\r\n".len();
    const SEPARATORS: usize = ": \r\n".len();
    let of = |name: &str, value: usize| name.len() + value + SEPARATORS;
    let fields = headers
        .iter()
        .map(|(name, value)| of(name.as_str(), value.len()));
    STATUS_LINE + fields.sum::<usize>() + of(X_REQUEST_ID.as_str(), request_id.len())
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The end of a login at the longest address, with the largest session and without the return address, which is left
    /// out where it does not fit.
    #[test]
    fn the_largest_session_fits_into_a_head_at_the_longest_address() {
        let base = format!("https://a.example/{}", "b".repeat(limits::SIGN_IN_URL - 18));
        let path = base.trim_start_matches("https://a.example");
        let cookie = format!(
            "{}; Path={path}/; Max-Age=604800; Secure; HttpOnly; SameSite=Lax",
            "c".repeat(limits::SESSION_COOKIE + 1)
        );
        let mut response = redirect(&format!("{base}/"));
        let cookie = HeaderValue::from_str(&cookie).unwrap();
        response.headers.insert(SET_COOKIE, cookie);
        assert!(
            fits(&response, &"i".repeat(36)),
            "{}",
            length(&response.headers, "i")
        );
        let response = redirect(&format!("{base}/?{}", "q".repeat(limits::RETURN_TO)));
        assert!(fits(&response, &"i".repeat(36)));
    }
}
