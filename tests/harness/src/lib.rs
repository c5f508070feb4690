//! Starts what a test or the demo needs, on free loopback ports, and stops it when it is dropped.

#[cfg(feature = "tests")]
pub mod browser;
#[cfg(feature = "tests")]
pub mod caddy;
mod error;
mod identity_provider;
#[cfg(feature = "tests")]
pub mod nginx;
#[cfg(feature = "tests")]
mod origin;
#[cfg(feature = "tests")]
pub mod proxy;
mod sign_in;
mod stack;
pub mod system;
#[cfg(feature = "tests")]
mod test_issuer;
pub mod web_client;
pub mod workspace;

#[cfg(feature = "tests")]
pub use browser::Browser;
pub use error::Error;
pub use identity_provider::{ClientCredentials, ClientKey, IdentityProvider, ProviderFault};
#[cfg(feature = "tests")]
pub use origin::Origin;
pub use sign_in::{SignIn, Tokens};
pub use stack::{ENDPOINT_ID, HOOK_ID, Issuer, Stack, StackOptions};
#[cfg(feature = "tests")]
pub use test_issuer::{Algorithm, CannedResponse, Fault, Keys, Seen, TestIssuer};

/// An HTTP client that goes straight to loopback and shows redirects instead of following them.
pub fn http_client() -> reqwest::Client {
    let builder = reqwest::Client::builder()
        .no_proxy()
        .redirect(reqwest::redirect::Policy::none());
    builder.build().unwrap_or_default()
}
