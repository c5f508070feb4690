//! What each target asserts.

pub(crate) mod callback_query;
pub(crate) mod claim_path;
pub(crate) mod discovery;
pub(crate) mod form;
pub(crate) mod introspection;
pub(crate) mod json_body;
pub(crate) mod jwks;
pub(crate) mod jwks_setting;
pub(crate) mod logout_token;
pub(crate) mod mcp_message;
pub(crate) mod mcp_stream;
pub(crate) mod multipart;
pub(crate) mod query;
pub(crate) mod return_to;
pub(crate) mod rules;
pub(crate) mod sealed_cookie;
pub(crate) mod settings;
pub(crate) mod token;
pub(crate) mod token_answer;

mod identity_provider;
mod rewriting;
mod signed_in;
