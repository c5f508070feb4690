//! The request to Dify, and the judgement of its response.
//!
//! Building a request and judging its response are separate. The judgement needs nothing but the [`RelayContext`]
//! that went out with the request, so it works in an instance of the module that has never seen the request.

mod context;
mod error_frame;
mod expectation;
mod judge;
mod not_json;
pub mod owner;
mod request;
mod translation;
mod user_key;

pub use context::{Counted, RelayContext};
pub use expectation::{Address, Expectation, Expected};
pub use judge::{RelayResponse, ResponseHead, app_key_rejected, judge, passable, refusal_of};
pub use request::{BLOCKING, RelayRequest, STREAMING};
pub use translation::{CallName, TranslationContext};
pub use user_key::UserKey;

#[cfg(test)]
mod tests;
