//! The operations that the gateway answers itself.

use http::StatusCode;
use serde::Serialize;

use crate::response::Response;

pub mod about;
pub mod health;
pub mod protected_resource;
pub mod whoami;

/// An answer of strings, numbers, lists and objects, which always serialise.
fn json_answer(status: StatusCode, body: &impl Serialize) -> Response {
    Response::json(status, serde_json::to_vec(body).unwrap_or_default())
}
