//! `GET /assets/<name>`.

use http::header::{CACHE_CONTROL, CONTENT_ENCODING, CONTENT_TYPE, VARY};
use http::{HeaderMap, HeaderValue, StatusCode};

use crate::error::{Code, Refusal};
use crate::gateway::outcome::{FileResponse, Outcome};
use crate::page::{Asset, ContentCoding};
use crate::request::Request;
use crate::response::Response;

/// Other bytes have another name, so a browser need never ask again (RFC 8246).
const FOR_EVER: HeaderValue = HeaderValue::from_static("public, max-age=31536000, immutable");

/// The file of the page with this name.
///
/// # Errors
/// `not_found`.
pub fn outcome(request: &Request, name: &str) -> Result<Outcome, Refusal> {
    let asset = Asset::named(name).ok_or_else(|| {
        let message = "The page has no file of this name. It may be one of another version: load the page again.";
        Refusal::new(Code::NotFound, message)
    })?;
    let coding = ContentCoding::of(&request.headers);
    let mut headers = HeaderMap::from_iter([
        (CONTENT_TYPE, HeaderValue::from_static(asset.media_type)),
        (CACHE_CONTROL, FOR_EVER),
        (VARY, HeaderValue::from_static("Accept-Encoding")),
    ]);
    if let Some(token) = coding.token() {
        headers.insert(CONTENT_ENCODING, HeaderValue::from_static(token));
    }
    let head = Response {
        headers,
        ..Response::empty(StatusCode::OK)
    };
    Ok(Outcome::File(Box::new(FileResponse {
        head,
        file: format!("{}{}", asset.name, coding.suffix()),
        is_decompressed: coding == ContentCoding::Identity,
    })))
}
