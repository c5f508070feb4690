//! Operations that the gateway answers itself.

use http::StatusCode;
use serde::Serialize;

use crate::answer::Answer;
use crate::operation::{Class, Operation};

#[derive(Serialize)]
struct About {
    name: &'static str,
    version: &'static str,
    documentation: &'static str,
}

/// The answer of a public operation; none for the operations of Dify.
pub fn answer(operation: &Operation) -> Option<Answer> {
    (operation.class == Class::Public).then(about)
}

fn about() -> Answer {
    let about = About {
        name: "oidc_gateway",
        version: env!("CARGO_PKG_VERSION"),
        documentation: env!("CARGO_PKG_REPOSITORY"),
    };
    // Strings always serialise.
    Answer::json(
        StatusCode::OK,
        serde_json::to_vec(&about).unwrap_or_default(),
    )
}
