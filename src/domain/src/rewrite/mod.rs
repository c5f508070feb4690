//! Rewrites a client's request for Dify. Dify reads from it what it would read from the original, except `user` and the
//! inputs `__oidc_…`, which only the gateway writes.

mod body;
mod content_type;
mod form;
mod headers;
mod inputs;
mod json;
mod multipart;
mod pairs;
mod parameters;
mod query;
mod request_line;
mod turns;

#[cfg(test)]
mod tests;

pub use body::{Body, body, check_json};
pub use headers::headers;
pub use inputs::{
    ClaimInputs, DeclaredInputs, InvalidParameters, RawJson, claim_inputs, claims_for_inputs,
    lacks_claims_for_inputs,
};
pub use query::query;
pub use request_line::check_request_line;

/// What the gateway knows of the caller and writes into the request.
#[derive(Clone, Copy, Debug)]
pub struct Identity<'a> {
    /// Dify's `user`: printable, without line breaks.
    pub user: &'a str,
    /// Whether the logs are filtered to the caller's own.
    pub filters_logs: bool,
    /// The inputs made of claims, for an operation that takes inputs.
    pub inputs: &'a [(String, RawJson)],
}
