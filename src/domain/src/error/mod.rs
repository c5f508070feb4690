//! What a request is refused with: a stable code, a status, a sentence that helps.

mod code;
pub mod last_resort;
mod refusal;

pub use code::{BearerError, Code};
pub use refusal::Refusal;
