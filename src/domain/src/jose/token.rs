//! A token before its signature is known to be good.

use super::base64url;
use super::header::{self, Header};
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::json::parse_object;
use crate::token::remedy;

/// Bytes of a token; Entra sends hundreds of groups in one.
pub(crate) const MAX_TOKEN: usize = 16 * 1024;
const MAX_DEPTH: usize = 32;

/// A compact JWS whose form is right and whose signature nobody has checked yet.
pub struct UnverifiedToken<'a> {
    /// The token as it was sent.
    pub(super) compact: &'a str,
    /// `typ` as it was sent.
    pub(super) type_as_sent: Option<String>,
    /// The header.
    pub header: Header,
    /// What the token says of itself; not to be trusted.
    pub claims: Claims,
}

impl<'a> UnverifiedToken<'a> {
    /// Parses `header.payload.signature`.
    ///
    /// # Errors
    /// What the token is instead, before any cryptography: opaque, too large, encrypted, of another algorithm, with a
    /// header that no access token needs, or malformed.
    pub fn parse(compact: &'a str) -> Result<Self, Refusal> {
        check_size(compact)?;
        if !Self::looks_like_one(compact) {
            let message = format!(
                "The token is opaque, not a JWT, so no key can verify it. {}",
                remedy::of_opaque(compact)
            );
            return Err(Refusal::new(Code::TokenOpaque, message));
        }
        let parts: Vec<&str> = compact.split('.').collect();
        match *parts.as_slice() {
            [header, payload, signature] => Self::from_parts(compact, header, payload, signature),
            [_, _, _, _, _] => Err(Refusal::new(Code::TokenEncrypted, remedy::ENCRYPTED)),
            _ => {
                let message = format!(
                    "The token has {} parts; a signed JWT has three, with dots between.",
                    parts.len()
                );
                Err(Refusal::new(Code::TokenMalformed, message))
            }
        }
    }

    /// Whether a text looks like a JWT at all, or is an opaque token. What begins with a JSON object's brace begins in
    /// base64url with `ey`, or with `ew` where white space follows.
    pub fn looks_like_one(text: &str) -> bool {
        (text.starts_with("ey") || text.starts_with("ew")) && text.contains('.')
    }

    fn from_parts(
        compact: &'a str,
        header: &str,
        payload: &str,
        signature: &str,
    ) -> Result<Self, Refusal> {
        let members = header::decode(header)?;
        let parsed = Header::from_members(&members)?;
        let payload = decode_part("payload", payload)?;
        let claims = parse_object(&payload, MAX_DEPTH)
            .map(Claims::new)
            .map_err(|error| malformed("payload", &error.to_string()))?;
        if members.contains_key("nonce") && remedy::is_entra(&claims) {
            return Err(Refusal::new(Code::TokenHeaderRefused, remedy::GRAPH));
        }
        decode_part("signature", signature)?;
        Ok(Self {
            compact,
            type_as_sent: header::text(&members, "typ").map(str::to_owned),
            header: parsed,
            claims,
        })
    }
}

/// Refuses a token that is too long, of whatever kind.
pub(crate) fn check_size(token: &str) -> Result<(), Refusal> {
    if token.len() <= MAX_TOKEN {
        return Ok(());
    }
    let message = format!(
        "The token is {} bytes long; at most {MAX_TOKEN} are taken. Have the identity provider put fewer groups or roles into it.",
        token.len()
    );
    Err(Refusal::new(Code::TokenTooLarge, message))
}

fn decode_part(name: &str, encoded: &str) -> Result<Vec<u8>, Refusal> {
    if encoded.is_empty() {
        return Err(malformed(name, "it is empty"));
    }
    base64url::decode(encoded).ok_or_else(|| malformed(name, "it is not base64url without padding"))
}

fn malformed(name: &str, why: &str) -> Refusal {
    Refusal::new(
        Code::TokenMalformed,
        format!("The token's {name} cannot be read: {why}."),
    )
}
