//! Installs what a bare machine does not have, through rustup, pip, npm and the system's packages.

mod node;
mod python;
mod rust;
mod stamp;
mod system;

pub use node::{browser_tests, dify_client, identity_provider, openapi_client, page};
pub use python::{Environment, environment};
pub use rust::wasm_target;
pub use system::programs;
