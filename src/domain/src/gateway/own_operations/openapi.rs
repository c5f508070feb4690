//! `GET /openapi.json`.

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};

use crate::openapi;
use crate::response::Response;
use crate::settings::Settings;

/// It says nothing that is secret and changes with the settings alone. Five minutes later everybody sees that they have.
const FIVE_MINUTES: HeaderValue = HeaderValue::from_static("public, max-age=300");

/// The description of the endpoint's operations.
pub fn response(settings: &Settings) -> Response {
    let mut response = Response::json(StatusCode::OK, openapi::document(settings));
    response.headers.insert(CACHE_CONTROL, FIVE_MINUTES);
    response
}
