//! What is believed of identity providers, and what it costs them.

mod cached;
mod discovery;
mod identity;
mod introspection;
mod key_cache;
mod keys;
mod metadata;
mod sign_in;
mod support;
mod token_statuses;
mod userinfo;
