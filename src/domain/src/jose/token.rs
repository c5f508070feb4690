//! A token before its signature is known to be good.

use super::base64url;
use super::error::{Error, Part};
use super::header::{self, Header};
use crate::claims::Claims;
use crate::json::parse_object;
use crate::limits;

/// A compact JWS whose form is right and whose signature nobody has checked yet.
pub struct UnverifiedToken<'a> {
    /// Header and payload as they were sent, with the dot between (RFC 7515 §5.1).
    pub(super) signing_input: &'a str,
    pub(super) signature: Vec<u8>,
    /// The header.
    pub header: Header,
    /// Whether the header has `nonce`, with which Entra marks tokens that only Microsoft can verify.
    pub has_nonce: bool,
    /// What the token says of itself; not to be trusted.
    pub claims: Claims,
}

impl<'a> UnverifiedToken<'a> {
    /// Parses `header.payload.signature`.
    ///
    /// # Errors
    /// What the text is instead, before any cryptography.
    pub fn parse(compact: &'a str) -> Result<Self, Error> {
        check_size(compact)?;
        if !Self::looks_like_one(compact) {
            return Err(Error::Opaque);
        }
        let parts: Vec<&str> = compact.split('.').collect();
        match *parts.as_slice() {
            [header, payload, signature] => Self::from_parts(compact, header, payload, signature),
            [_, _, _, _, _] => Err(Error::Encrypted),
            _ => Err(Error::Parts(parts.len())),
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
    ) -> Result<Self, Error> {
        let members = header::decode(header)?;
        let header = Header::from_members(&members)?;
        let payload = decode(Part::Payload, payload)?;
        let claims = parse_object(&payload, limits::CLAIMS_DEPTH)
            .map(Claims::new)
            .map_err(|error| Error::Json(Part::Payload, error))?;
        let signature = decode(Part::Signature, signature)?;
        let (signing_input, _) = compact.rsplit_once('.').ok_or(Error::Opaque)?;
        Ok(Self {
            signing_input,
            signature,
            header,
            has_nonce: members.contains_key("nonce"),
            claims,
        })
    }
}

/// Refuses a token that is too long, of whatever kind.
pub(crate) const fn check_size(token: &str) -> Result<(), Error> {
    if token.len() > limits::TOKEN {
        return Err(Error::TooLarge(token.len()));
    }
    Ok(())
}

fn decode(part: Part, encoded: &str) -> Result<Vec<u8>, Error> {
    if encoded.is_empty() {
        return Err(Error::Empty(part));
    }
    base64url::decode(encoded).ok_or(Error::Encoding(part))
}
