//! How the client proves who it is (RFC 6749 §2.3, RFC 7521 §4.2, RFC 7523 §2.2, OpenID Connect Core §9).

use base64::Engine;
use base64::engine::general_purpose::{STANDARD, URL_SAFE_NO_PAD};
use hmac_sha256::HMAC;
use http::header::{AUTHORIZATION, HeaderValue};
use serde_json::json;
use url::form_urlencoded;

use super::ClientSecret;
use super::endpoint_request::Parts;
use crate::jose::ClientKey;
use crate::limits;
use crate::time::UnixTime;

/// The value of `client_assertion_type` (RFC 7523 §2.2).
const ASSERTION_TYPE: &str = "urn:ietf:params:oauth:client-assertion-type:jwt-bearer";

/// The way in which the client authenticates.
#[derive(Clone, Copy, Debug)]
pub enum ClientAuthentication<'a> {
    /// `none`: a public client, which PKCE protects.
    None,
    /// `client_secret_basic`.
    Basic(&'a ClientSecret),
    /// `client_secret_post`.
    Post(&'a ClientSecret),
    /// `private_key_jwt`.
    PrivateKeyJwt(AssertionInputs<'a>),
}

/// What an assertion is made of (RFC 7523 §3).
#[derive(Clone, Copy)]
pub struct AssertionInputs<'a> {
    /// The key that the provider knows.
    pub key: &'a ClientKey,
    /// `aud`: the issuer or the token endpoint of the provider.
    pub audience: &'a str,
    /// `iat`.
    pub now: UnixTime,
    /// Random bytes of this request alone, from which `jti` and what the signature needs are derived.
    pub random: &'a [u8; 32],
}

impl std::fmt::Debug for AssertionInputs<'_> {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "AssertionInputs({})", self.audience)
    }
}

/// The client could not be authenticated.
#[derive(Clone, Copy, Debug, Eq, PartialEq, thiserror::Error)]
pub enum CannotAuthenticate {
    /// A header field cannot carry the credentials.
    #[error("the credentials of the client do not fit into a header field")]
    Header,
    /// The key made no signature.
    #[error("`client_key` could not sign; make a new key")]
    Signature,
}

impl ClientAuthentication<'_> {
    /// Adds to `parts` what says and proves that the client is `client_id`.
    pub(super) fn add_to(
        self,
        parts: &mut Parts,
        client_id: &str,
    ) -> Result<(), CannotAuthenticate> {
        match self {
            // RFC 6749 §3.2.1: "A client MAY use the client_id request parameter to identify itself".
            Self::None => parts.add("client_id", client_id),
            // Not in the body as well: RFC 6749 §2.3 forbids two methods in one request.
            Self::Basic(secret) => {
                parts
                    .headers
                    .insert(AUTHORIZATION, basic(client_id, secret)?);
            }
            Self::Post(secret) => {
                parts.add("client_id", client_id);
                parts.add("client_secret", secret.reveal());
            }
            Self::PrivateKeyJwt(inputs) => {
                parts.add("client_id", client_id);
                parts.add("client_assertion_type", ASSERTION_TYPE);
                parts.add("client_assertion", inputs.assertion(client_id)?);
            }
        }
        Ok(())
    }
}

/// RFC 6749 §2.3.1: both are form-urlencoded before they are joined, so that a `:` in one of them is not the divider.
pub(super) fn basic(
    client_id: &str,
    secret: &ClientSecret,
) -> Result<HeaderValue, CannotAuthenticate> {
    let encode = |text: &str| form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let pair = format!("{}:{}", encode(client_id), encode(secret.reveal()));
    let mut value = HeaderValue::try_from(format!("Basic {}", STANDARD.encode(pair)))
        .map_err(|_| CannotAuthenticate::Header)?;
    value.set_sensitive(true);
    Ok(value)
}

impl AssertionInputs<'_> {
    /// The numbers are those of RFC 7523 §3.
    fn assertion(&self, client_id: &str) -> Result<String, CannotAuthenticate> {
        let issued_at = self.now.as_secs();
        let claims = json!({
            // 1 and 2.B
            "iss": client_id,
            "sub": client_id,
            // 3
            "aud": self.audience,
            // 4
            "exp": issued_at.saturating_add(limits::CLIENT_ASSERTION_LIFETIME.as_secs()),
            // 6
            "iat": issued_at,
            // 7
            "jti": URL_SAFE_NO_PAD.encode(self.derived("jti")),
        });
        // 9
        self.key
            .sign(&claims, self.derived("signature"))
            .map_err(|_| CannotAuthenticate::Signature)
    }

    /// Bytes for one use: who reads one of them learns nothing of another.
    fn derived(&self, label: &str) -> [u8; 32] {
        HMAC::mac(label, self.random)
    }
}
