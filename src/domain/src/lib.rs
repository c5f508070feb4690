//! Every decision of the OIDC gateway: which operation a request is, what its settings mean, whether its
//! token is good, who `user` is, what Dify is asked, and what the client is answered.
//!
//! Nothing here knows wasm, Python or a socket. What the outside must do is behind [`environment::Environment`], so the
//! whole crate is tested natively against a fake host.
#![forbid(unsafe_code)]

pub mod claims;
pub mod documentation;
pub mod environment;
pub mod error;
pub mod events;
pub mod gateway;
pub mod issuer;
pub mod jose;
pub mod json;
pub mod limits;
pub mod mcp;
pub mod metrics;
pub mod oauth;
pub mod openapi;
pub mod operation;
pub mod page;
pub mod provider;
pub mod relay;
pub mod request;
pub mod response;
pub mod rewrite;
mod secret;
pub mod session;
pub mod settings;
pub mod single_flight;
mod text;
pub mod time;
pub mod token;
mod uuid;
