//! Installs what a bare machine does not have, through rustup, pip and npm.

mod node;
mod python;
mod rust;
mod stamp;

pub use node::{dify_client, identity_provider};
pub use python::{Environment, environment};
pub use rust::wasm_target;
