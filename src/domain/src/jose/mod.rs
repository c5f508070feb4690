//! JWS in compact form (RFC 7515), keys (RFC 7517) and algorithms (RFC 7518, RFC 8037), as strict as they can be.

mod algorithm;
pub(crate) mod base64url;
mod client_key;
mod error;
mod header;
mod jwk;
mod jwk_set;
mod material;
mod members;
mod pem;
mod roca;
mod setting;
mod signer;
mod token;
mod verifier;

#[cfg(test)]
mod tests;

pub use algorithm::Algorithm;
pub use client_key::{ClientKey, InvalidClientKey, SigningFailed};
pub use error::{Error, Part};
pub use header::Header;
pub use jwk::Jwk;
pub use jwk_set::{InvalidJwkSet, JwkSet, NoKey};
pub use token::UnverifiedToken;
pub(crate) use token::check_size;
