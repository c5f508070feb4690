//! The token of the provider that a session keeps for its checks, in as few bytes as it takes.

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use serde::{Deserialize, Serialize};

use crate::oauth::{AccessToken, RefreshToken};

/// What the next check with the provider is made with.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum KeptToken {
    /// A refresh token: the check is a refresh (RFC 6749 §6).
    Refresh(RefreshToken),
    /// An access token: the check asks the userinfo endpoint. The kinds without OpenID have nothing else.
    Access(AccessToken),
}

/// A token in parts, of which those that are base64url are decoded: a JWT becomes a quarter shorter.
#[derive(Deserialize, Serialize)]
pub(super) struct Packed {
    is_refresh: bool,
    parts: Vec<Part>,
}

#[derive(Deserialize, Serialize)]
enum Part {
    Base64Url(Vec<u8>),
    Text(String),
}

impl KeptToken {
    pub(super) fn packed(&self) -> Packed {
        let (is_refresh, text) = match self {
            Self::Refresh(token) => (true, token.reveal()),
            Self::Access(token) => (false, token.reveal()),
        };
        Packed {
            is_refresh,
            parts: text.split('.').map(Part::of).collect(),
        }
    }

    /// The length of the token in bytes.
    pub(super) fn len(&self) -> usize {
        match self {
            Self::Refresh(token) => token.reveal().len(),
            Self::Access(token) => token.reveal().len(),
        }
    }
}

impl Packed {
    pub(super) fn unpacked(self) -> KeptToken {
        let parts: Vec<String> = self.parts.into_iter().map(Part::into_text).collect();
        let text = parts.join(".");
        if self.is_refresh {
            KeptToken::Refresh(RefreshToken::new(text))
        } else {
            KeptToken::Access(AccessToken::new(text))
        }
    }
}

impl Part {
    /// The decoder takes one spelling only, so the text comes back as it was.
    fn of(text: &str) -> Self {
        match URL_SAFE_NO_PAD.decode(text) {
            Ok(bytes) => Self::Base64Url(bytes),
            Err(_) => Self::Text(text.to_owned()),
        }
    }

    fn into_text(self) -> String {
        match self {
            Self::Base64Url(bytes) => URL_SAFE_NO_PAD.encode(bytes),
            Self::Text(text) => text,
        }
    }
}
