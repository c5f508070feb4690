//! The operations that the gateway answers itself.

use http::StatusCode;
use serde::Serialize;

use crate::answer::Answer;

pub mod about;
pub mod health;
pub mod protected_resource;
pub mod whoami;

/// An answer of strings, numbers, lists and objects, which always serialise.
fn json_answer(status: StatusCode, body: &impl Serialize) -> Answer {
    Answer::json(status, serde_json::to_vec(body).unwrap_or_default())
}
