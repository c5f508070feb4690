//! What Dify reads from the rewritten request is what it would read from the original, but for `user` and `__oidc_*`.

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

pub use body::{Body, body};
pub use headers::headers;
pub use inputs::{ClaimInputs, DeclaredInputs, InvalidParameters, RawJson, claim_inputs};
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
