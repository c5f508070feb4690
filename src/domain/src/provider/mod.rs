//! Identity providers: their discovery documents, their keys, their introspection and userinfo endpoints.

use std::rc::Rc;

use crate::error::Refusal;
use crate::host::Host;
use crate::jose::{Header, Jwk};
use crate::settings::{Issuer, Settings};

/// The identity providers of every endpoint of this process, with what is known of them.
pub struct Providers<H> {
    host: Rc<H>,
}

impl<H: Host> Providers<H> {
    /// Knows nothing yet.
    pub const fn new(host: Rc<H>) -> Self {
        Self { host }
    }

    /// The key of `issuer` that fits `header`: a static one, a known one, or one fetched now.
    pub async fn key(
        &self,
        _issuer: &Issuer,
        _settings: &Settings,
        _header: &Header,
    ) -> Result<Rc<Jwk>, Refusal> {
        let _ = &self.host;
        todo!()
    }
}
