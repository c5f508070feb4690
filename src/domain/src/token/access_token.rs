//! The credential of a request (RFC 6750 §2.1, RFC 9110 §11.4).

use http::{HeaderMap, header::AUTHORIZATION};

use super::{jws, not_a_token};
use crate::error::{Code, Refusal};
use crate::jose::check_size;
use crate::oauth::AccessToken;
use crate::settings::AppKey;

impl AccessToken {
    /// Takes the one bearer token of `Authorization`. Nothing else can carry a token: not the query, which servers log
    /// (RFC 9700 §4.3.2), and not a cookie, which browsers send unasked.
    ///
    /// # Errors
    /// [`Code::TokenMissing`] without a bearer token, [`Code::AuthorizationMalformed`] where it is not exactly one,
    /// [`Code::TokenMalformed`] where a client sent something else by mistake, [`Code::TokenTooLarge`] over 16 KiB.
    pub fn from_headers(headers: &HeaderMap) -> Result<Self, Refusal> {
        let mut values = headers.get_all(AUTHORIZATION).iter();
        let (value, second) = (values.next(), values.next());
        if second.is_some() {
            return Err(malformed("it was sent twice"));
        }
        let Some(value) = value.filter(|value| !value.is_empty()) else {
            return Err(missing("the request has no `Authorization`"));
        };
        let text = value
            .to_str()
            .map_err(|_| malformed("it has characters that are not ASCII"))?;
        let token = bearer(text)?;
        check_size(token).map_err(|error| jws::refusal(&error, token))?;
        Ok(Self::new(token.to_owned()))
    }

    /// Refuses a key of Dify that was sent in place of a token, before anybody is asked about it.
    ///
    /// # Errors
    /// [`Code::TokenMalformed`].
    pub fn refuse_dify_key(&self, app_key: &AppKey) -> Result<(), Refusal> {
        not_a_token::check_dify_key(self.reveal(), app_key)
    }
}

fn bearer(credentials: &str) -> Result<&str, Refusal> {
    let is_bearer = |scheme: &str| scheme.eq_ignore_ascii_case("bearer");
    let (scheme, rest) = credentials.split_once(' ').unwrap_or((credentials, ""));
    if !is_bearer(scheme) {
        let mut later = credentials
            .split(',')
            .skip(1)
            .filter_map(|part| part.split_whitespace().next());
        return Err(if later.any(is_bearer) {
            malformed("it holds several credentials")
        } else {
            missing("`Authorization` has another scheme than `Bearer`")
        });
    }
    let token = rest.trim_start_matches(' ');
    if token.is_empty() {
        return Err(malformed("no token follows `Bearer`"));
    }
    not_a_token::check(token)?;
    if is_token68(token) {
        return Ok(token);
    }
    Err(malformed(if token.contains([' ', ',']) {
        "it holds more than one token"
    } else {
        "the token has characters that no token may have (RFC 6750 §2.1)"
    }))
}

/// RFC 9110 §11.2.
fn is_token68(text: &str) -> bool {
    let unpadded = text.trim_end_matches('=');
    let is_allowed = |byte: u8| {
        byte.is_ascii_alphanumeric() || matches!(byte, b'-' | b'.' | b'_' | b'~' | b'+' | b'/')
    };
    !unpadded.is_empty() && unpadded.bytes().all(is_allowed)
}

fn missing(why: &str) -> Refusal {
    Refusal::new(
        Code::TokenMissing,
        format!("No token: {why}. Send `Authorization: Bearer <token>`."),
    )
}

fn malformed(why: &str) -> Refusal {
    let message =
        format!("`Authorization` is malformed: {why}. Send `Authorization: Bearer <token>`, once.");
    Refusal::new(Code::AuthorizationMalformed, message)
}
