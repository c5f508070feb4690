//! The request headers that Dify gets.

use http::header::{
    ACCEPT, ACCEPT_ENCODING, ACCEPT_LANGUAGE, AUTHORIZATION, CONTENT_TYPE, HeaderName,
};
use http::{HeaderMap, HeaderValue};

use crate::error::{Code, Refusal};
use crate::settings::AppKey;

/// What passes from the client as it is. `Content-Type` is the gateway's own, because the body is.
pub(crate) static PASSED_HEADERS: [HeaderName; 5] = [
    ACCEPT,
    ACCEPT_LANGUAGE,
    HeaderName::from_static("traceparent"),
    HeaderName::from_static("x-trace-id"),
    HeaderName::from_static("x-trace-session-id"),
];

/// The headers for Dify: those of `client` that may pass, the app key, and the content type of the rewritten body. A value
/// that is not ASCII has no meaning in any of them, and not one encoding on its way.
///
/// # Errors
/// `configuration_error` where the app key cannot stand in a header.
pub fn headers(
    client: &HeaderMap,
    app_key: &AppKey,
    content_type: Option<&str>,
) -> Result<HeaderMap, Refusal> {
    let mut headers = HeaderMap::new();
    for name in &PASSED_HEADERS {
        if let Some(value) = client.get(name).filter(|value| value.to_str().is_ok()) {
            headers.insert(name, value.clone());
        }
    }
    let unusable = |_| {
        let message = "The setting `app_key` has characters that no key has. Copy it again from the app's API page.";
        Refusal::new(Code::ConfigurationError, message)
    };
    let mut authorization =
        HeaderValue::try_from(format!("Bearer {}", app_key.reveal())).map_err(unusable)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    // The answer's bytes pass through unread, so they must be what the client can read.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(content_type) = content_type.and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    Ok(headers)
}
