//! `GET /`.

use http::StatusCode;
use serde::Serialize;

use super::json_response;
use crate::documentation::Document;
use crate::response::Response;

#[derive(Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
    documentation: &'static str,
}

/// What the gateway is.
pub fn response() -> Response {
    let about = About {
        name: "oidc_gateway",
        version: env!("CARGO_PKG_VERSION"),
        documentation: Document::Index.address(),
    };
    json_response(StatusCode::OK, &about)
}
