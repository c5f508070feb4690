//! The operations to which the gateway itself responds.

use http::StatusCode;
use serde::Serialize;

use crate::json;
use crate::response::Response;

pub mod about;
pub mod health;
pub mod no_operation;
pub mod protected_resource;
pub mod whoami;

/// A response whose body is `body`.
fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    Response::json(status, json::text(body))
}
