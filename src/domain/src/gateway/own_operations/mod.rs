//! The operations to which the gateway itself responds.

use http::StatusCode;
use serde::Serialize;

use crate::json;
use crate::response::Response;

pub mod about;
pub mod asset;
pub mod health;
pub mod logged_out;
pub mod metrics;
pub mod no_operation;
pub mod openapi;
pub mod protected_resource;
pub mod root;
pub mod whoami;

/// A response whose body is `body`.
fn json_response(status: StatusCode, body: &impl Serialize) -> Response {
    Response::json(status, json::text(body))
}
