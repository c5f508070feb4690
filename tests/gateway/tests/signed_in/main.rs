//! A signed-in user's requests to the packaged plugin, good and bad, through the stand-in daemon.

#![cfg(test)]

mod bad_requests;
mod bad_tokens;
mod dify_failures;
mod metrics;
mod operations;
mod providers;
mod real_providers;
mod request_log;
mod round_trip;
mod settings;
mod streaming;
mod unusual_http;
