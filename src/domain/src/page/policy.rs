//! The security headers of the gateway's documents and files.
//!
//! On a host that the endpoint shares with Dify's console, a script of this origin could use the session of an administrator
//! there. So everything that a document may load, ask or send is below the endpoint's own path, nothing may frame it, and no
//! other window gets a handle on it. No address that a script can ask for answers with a redirect, because the path of a
//! source is ignored after one (CSP3 §7.6).

use http::header::{
    CONTENT_DISPOSITION, CONTENT_SECURITY_POLICY, CONTENT_TYPE, HeaderName, REFERRER_POLICY,
    X_CONTENT_TYPE_OPTIONS,
};
use http::{HeaderMap, HeaderValue};

use crate::settings::SignIn;

const OPENER_POLICY: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const RESOURCE_POLICY: HeaderName = HeaderName::from_static("cross-origin-resource-policy");
const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");

const SAME_ORIGIN: HeaderValue = HeaderValue::from_static("same-origin");
const NO_SNIFFING: HeaderValue = HeaderValue::from_static("nosniff");

/// Keeps a response from being read as something else than it is, and other sites from loading it.
pub fn protect(headers: &mut HeaderMap) {
    headers.insert(X_CONTENT_TYPE_OPTIONS, NO_SNIFFING);
    headers.insert(RESOURCE_POLICY, SAME_ORIGIN);
}

/// What a file of a conversation gets besides [`protect`]: opened in the window it has no script and no origin, and only
/// what browsers merely show is shown at all. Whoever can upload a file could otherwise place a page beside the console's.
pub fn protect_file(headers: &mut HeaderMap) {
    headers.insert(CONTENT_SECURITY_POLICY, HeaderValue::from_static("sandbox"));
    let media_type = headers
        .get(CONTENT_TYPE)
        .and_then(|value| value.to_str().ok());
    if media_type.is_some_and(is_merely_shown) {
        return;
    }
    let disposition = headers
        .get(CONTENT_DISPOSITION)
        .and_then(|value| value.to_str().ok())
        .and_then(|value| value.split_once(';'))
        .and_then(|(_, parameters)| {
            HeaderValue::from_str(&format!("attachment;{parameters}")).ok()
        });
    let attachment = HeaderValue::from_static("attachment");
    headers.insert(CONTENT_DISPOSITION, disposition.unwrap_or(attachment));
}

/// Pictures of pixels, sound, film and PDF. SVG is a document with scripts.
fn is_merely_shown(media_type: &str) -> bool {
    let essence = media_type.split(';').next().unwrap_or_default();
    let essence = essence.trim().to_ascii_lowercase();
    let kind = essence.split('/').next().unwrap_or_default();
    match kind {
        "image" => essence != "image/svg+xml",
        "audio" | "video" => true,
        _ => essence == "application/pdf",
    }
}

/// What protects a document, besides [`protect`]; `policy` is its content security policy.
pub(super) fn protect_document(headers: &mut HeaderMap, policy: &str) {
    protect(headers);
    headers.insert(OPENER_POLICY, SAME_ORIGIN);
    headers.insert(REFERRER_POLICY, HeaderValue::from_static("no-referrer"));
    headers.insert(
        PERMISSIONS_POLICY,
        HeaderValue::from_static("microphone=(self), camera=(), geolocation=()"),
    );
    // The settings allow no characters that a header value cannot have. Nothing at all is allowed otherwise.
    let policy = HeaderValue::from_str(policy).unwrap_or(HeaderValue::from_static("sandbox"));
    headers.insert(CONTENT_SECURITY_POLICY, policy);
}

/// The policy of the chat page. `file_host` is the origin of Dify's files.
pub(super) fn of_page(sign_in: &SignIn, file_host: Option<&str>) -> String {
    let base = sign_in.public_url.as_str();
    let mut images = vec![format!("{base}/"), "data:".to_owned(), "blob:".to_owned()];
    images.extend(file_host.map(str::to_owned));
    images.extend(sign_in.page_origins.iter().cloned());
    let images = images.join(" ");
    format!(
        "default-src 'none'; script-src {base}/assets/; style-src {base}/assets/; connect-src {base}/; img-src {images}; \
         media-src blob:; form-action {base}/auth/; base-uri 'none'; object-src 'none'; frame-src 'none'; \
         worker-src 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; trusted-types dompurify"
    )
}

/// The policy of a document without a script; `base` is the endpoint's public URL, where there is one.
pub(super) fn of_static(base: Option<&str>) -> String {
    let own = base.map_or_else(String::new, |base| {
        format!(" style-src {base}/assets/; form-action {base}/auth/;")
    });
    let no_form = if base.is_none() {
        " form-action 'none';"
    } else {
        ""
    };
    format!(
        "default-src 'none';{own}{no_form} base-uri 'none'; frame-ancestors 'none'; require-trusted-types-for 'script'; \
         trusted-types 'none'"
    )
}
