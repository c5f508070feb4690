//! What the tests of the packaged plugin share: the plugin between an issuer and Dify, and a client's view of it.

mod answer;
mod bench;
mod form;
mod raw;

pub use answer::Answer;
pub use bench::Bench;
pub use form::Form;
pub use raw::{raw, raw_with};
