//! The JOSE header of a token (RFC 7515 §4).

use serde_json::{Map, Value};

use super::error::{Error, Part};
use super::{Algorithm, base64url};
use crate::json::parse_object;
use crate::limits;

/// Members that change what the rest of the token means, and how. Ignoring one would mean to read another token than
/// its issuer wrote.
///
/// `jku`, `jwk`, `x5u`, `x5c` and `x5t` are not among them: they bring or name a key (RFC 7515 §4.1.2 to §4.1.8), and
/// nothing reads them, because keys come from the issuer alone.
const MUST_BE_UNDERSTOOD: [(&str, &str); 4] = [
    (
        "crit",
        "names extensions that must be understood (RFC 7515 §4.1.11), and the gateway has none",
    ),
    (
        "b64",
        "says that the payload is not base64url (RFC 7797), unlike that of every access token",
    ),
    (
        "enc",
        "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one",
    ),
    (
        "zip",
        "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one",
    ),
];

/// The JOSE header: what the gateway needs of it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Header {
    /// `alg`.
    pub algorithm: Algorithm,
    /// `kid`.
    pub key_id: Option<String>,
    /// `typ`, lower case, without `application/`.
    pub media_type: Option<String>,
}

impl Header {
    /// What the members mean.
    pub(super) fn from_members(members: &Map<String, Value>) -> Result<Self, Error> {
        for (name, meaning) in MUST_BE_UNDERSTOOD {
            if members.contains_key(name) {
                return Err(Error::Understood(name, meaning));
            }
        }
        let content_type = text(members, "cty")?.map(media_type);
        if content_type.is_some_and(|cty| cty == "jwt") {
            return Err(Error::Nested);
        }
        Ok(Self {
            key_id: text(members, "kid")?.map(str::to_owned),
            media_type: text(members, "typ")?.map(media_type),
            algorithm: algorithm(members)?,
        })
    }
}

/// Decodes the first part of a token.
pub(super) fn decode(encoded: &str) -> Result<Map<String, Value>, Error> {
    if encoded.len() > limits::TOKEN_HEADER {
        return Err(Error::HeaderTooLarge(encoded.len()));
    }
    let bytes = base64url::decode(encoded).ok_or(Error::Encoding(Part::Header))?;
    parse_object(&bytes, limits::JOSE_DEPTH).map_err(|error| Error::Json(Part::Header, error))
}

/// The string member with this name. Null and the empty string count as absent.
fn text<'a>(members: &'a Map<String, Value>, name: &'static str) -> Result<Option<&'a str>, Error> {
    match members.get(name) {
        None | Some(Value::Null) => Ok(None),
        Some(Value::String(text)) => Ok(Some(text.as_str()).filter(|text| !text.is_empty())),
        Some(other) => Err(Error::Member(name, other.clone())),
    }
}

fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, Error> {
    let name = members.get("alg").ok_or(Error::AlgorithmMissing)?;
    let algorithm = name.as_str().and_then(Algorithm::from_name);
    algorithm.ok_or_else(|| Error::Algorithm(name.clone()))
}

/// Media types compare without case, and `application/` may be left out (RFC 7515 §4.1.9).
fn media_type(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        Some(rest) => rest.to_owned(),
        None => lower,
    }
}
