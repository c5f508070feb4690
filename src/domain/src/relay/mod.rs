//! The request to Dify, and the judgement of its answer.
//!
//! Building a request and judging its answer are separate. The judgement needs nothing but the [`RelayContext`]
//! that went out with the request, so it works in an instance of the module that has never seen the request.

mod context;
mod error_frame;
mod judge;
pub mod owner;
mod request;

pub use context::RelayContext;
pub use judge::{RelayResponse, ResponseHead, judge, passable, refusal_of};
pub use request::{BLOCKING, RelayRequest, STREAMING};

#[cfg(test)]
mod tests;
