//! A fuzz target for each parser of the domain. `cargo xtask soak` looks for inputs that break one; the inputs that
//! are kept are in `corpus/`, and every test run replays them.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    reason = "a target reports a failure by a panic"
)]

mod reading;
mod targets;

/// A parser, and the properties that hold for every input.
#[derive(Clone, Copy, Debug)]
pub struct Target {
    /// Its name, which is also that of its corpus and of its dictionary.
    pub name: &'static str,
    /// Panics if the parser does, or if an accepted input breaks one of the properties.
    pub check: fn(&[u8]),
}

/// Every target, in alphabetical order.
pub const TARGETS: &[Target] = &[
    target("callback_query", targets::callback_query::check),
    target("claim_path", targets::claim_path::check),
    target("discovery", targets::discovery::check),
    target("form", targets::form::check),
    target("introspection", targets::introspection::check),
    target("json_body", targets::json_body::check),
    target("jwks", targets::jwks::check),
    target("jwks_setting", targets::jwks_setting::check),
    target("logout_token", targets::logout_token::check),
    target("mcp_message", targets::mcp_message::check),
    target("mcp_stream", targets::mcp_stream::check),
    target("multipart", targets::multipart::check),
    target("query", targets::query::check),
    target("return_to", targets::return_to::check),
    target("rules", targets::rules::check),
    target("sealed_cookie", targets::sealed_cookie::check),
    target("settings", targets::settings::check),
    target("token", targets::token::check),
    target("token_answer", targets::token_answer::check),
];

const fn target(name: &'static str, check: fn(&[u8])) -> Target {
    Target { name, check }
}
