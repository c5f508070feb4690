//! What takes too long for a test: `cargo xtask soak` runs it.

mod growth;
mod limits;
mod long_calls;
mod mcp_clients;
mod slow_reader;

pub use growth::growth;
pub use limits::limits;
pub use mcp_clients::mcp_clients;
pub use slow_reader::slow_reader;
