//! What takes too long for a test: `cargo xtask soak` runs it.

mod growth;
mod handover;
mod limits;
mod slow_reader;

pub use growth::growth;
pub use limits::limits;
pub use slow_reader::slow_reader;
