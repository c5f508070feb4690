//! The page token: what a page of this endpoint knows and another page of the same host does not.

use std::fmt;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::HMAC;

use super::PageSecret;

const LABEL: &str = "page";

/// The value of `X-Gateway-Page`: `HMAC-SHA-256(page secret, "page")` in base64url.
#[derive(Clone, Copy)]
pub struct PageToken([u8; 32]);

impl PageToken {
    /// The token of the sessions with this secret.
    pub fn of(secret: &PageSecret) -> Self {
        Self(HMAC::mac(LABEL, secret.0))
    }

    /// The token that `text` is, if it has the form of one.
    pub fn parse(text: &str) -> Option<Self> {
        let bytes = URL_SAFE_NO_PAD.decode(text).ok()?;
        bytes.try_into().map(Self).ok()
    }

    /// The token for the page.
    pub fn to_text(self) -> String {
        URL_SAFE_NO_PAD.encode(self.0)
    }

    /// Whether it is the token of this secret. The comparison takes the same time whatever differs.
    pub fn is_of(&self, secret: &PageSecret) -> bool {
        HMAC::verify(LABEL, secret.0, &self.0)
    }
}

impl fmt::Debug for PageToken {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("PageToken(redacted)")
    }
}
