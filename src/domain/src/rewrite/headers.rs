//! The request fields that Dify gets.

use http::header::{ACCEPT_ENCODING, AUTHORIZATION, CONTENT_TYPE, USER_AGENT};
use http::{HeaderMap, HeaderName, HeaderValue};

use crate::environment;
use crate::error::{Code, Refusal};
use crate::request::REQUEST_FIELDS;
use crate::settings::AppKey;

/// The fields for Dify: those of `client` that are relayed, the app key, and the content type of the rewritten body.
///
/// # Errors
/// `configuration_error` where the app key cannot be the value of a field.
pub fn headers(
    client: &HeaderMap,
    app_key: &AppKey,
    content_type: Option<&str>,
) -> Result<HeaderMap, Refusal> {
    let mut headers = relayed(client);
    let unusable = |_| {
        let message = "The setting `app_key` has characters that no key has. Copy it again from the app's API page.";
        Refusal::new(Code::ConfigurationError, message)
    };
    let mut authorization =
        HeaderValue::try_from(format!("Bearer {}", app_key.reveal())).map_err(unusable)?;
    authorization.set_sensitive(true);
    headers.insert(AUTHORIZATION, authorization);
    // The body of the response passes through unread, so its bytes must be what the client can read.
    headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
    if let Some(content_type) = content_type.and_then(|text| HeaderValue::from_str(text).ok()) {
        headers.insert(CONTENT_TYPE, content_type);
    }
    Ok(headers)
}

fn relayed(client: &HeaderMap) -> HeaderMap {
    let ours = HeaderValue::from_static(environment::USER_AGENT);
    let mut headers = HeaderMap::from_iter([(USER_AGENT, ours)]);
    for field in REQUEST_FIELDS {
        let value = client
            .get(field.name)
            .filter(|value| field.relayed.is_some_and(|form| form.fits(value)));
        if let Some(value) = value {
            headers.insert(HeaderName::from_static(field.name), value.clone());
        }
    }
    // W3C Trace Context §3.3.1.2: without its `traceparent` a `tracestate` means nothing.
    if !headers.contains_key("traceparent") {
        headers.remove("tracestate");
    }
    headers
}
