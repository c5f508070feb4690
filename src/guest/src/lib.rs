//! `gateway.wasm`: the domain behind wasm-bindgen.
//!
//! The host (`host/` in Python) calls an exported handler, which returns as soon as nothing more can run; what
//! the handler waits for is started through an import and delivered through an export, because the host runs
//! every request on one thread and a blocking import would tangle their wasm frames.

mod call_cell;
mod environment;
mod exports;
mod imports;
mod instance;
mod message;
mod runtime;
mod wire;

pub use exports::HANDLERS;
