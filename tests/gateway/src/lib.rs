//! What the tests of the packaged plugin share: the plugin between an issuer and Dify, and a client's view of it.
#![allow(
    clippy::expect_used,
    clippy::indexing_slicing,
    clippy::panic,
    clippy::string_slice,
    clippy::unwrap_used,
    reason = "a helper that fails has failed its test"
)]

pub mod chaos;
mod checks;
mod clock;
mod events;
mod form;
mod holdings;
mod mcp_clients;
mod pool;
mod raw;
pub mod sign_in;
mod slow_reader;
pub mod soak;
mod stage;
mod whole_response;
mod wire;

pub use checks::checked;
pub use clock::Clock;
pub use events::events;
pub use form::Form;
pub use holdings::{Holdings, eventually};
pub use mcp_clients::McpClient;
pub use raw::{raw, raw_with};
pub use slow_reader::read_slowly;
pub use stage::{Stage, further_endpoint, many_connections};
pub use whole_response::WholeResponse;
pub use wire::{Script, Wire};
