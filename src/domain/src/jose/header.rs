//! The JOSE header of a token (RFC 7515 §4).

use serde_json::{Map, Value};

use super::{Algorithm, base64url};
use crate::error::{Code, Refusal};
use crate::json::{parse_object, shown};
use crate::token::remedy;

/// Bytes of the encoded header; Entra's and Keycloak's are about 150 long.
const MAX_HEADER: usize = 4 * 1024;
const MAX_DEPTH: usize = 4;

/// Members that change what a token is or bring a key of their own, and why each is refused.
const REFUSED: [(&str, &str); 9] = [
    (
        "crit",
        "names extensions that must be understood, and the gateway has none",
    ),
    (
        "b64",
        "says that the payload is not base64url (RFC 7797), which no access token is",
    ),
    (
        "enc",
        "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one",
    ),
    (
        "zip",
        "belongs to encrypted tokens (RFC 7516), and the gateway has no key for one",
    ),
    (
        "jwk",
        "brings a key of its own; keys come from the issuer alone",
    ),
    (
        "jku",
        "brings an address for keys; keys come from the issuer alone",
    ),
    (
        "x5u",
        "brings an address for a certificate; keys come from the issuer alone",
    ),
    (
        "x5c",
        "brings a certificate of its own; keys come from the issuer alone",
    ),
    ("salt", "is no member of a token's header (RFC 7515 §4.1)"),
];

/// Members that must be strings where they are present.
const STRINGS: [&str; 5] = ["cty", "kid", "typ", "x5t", "x5t#S256"];

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
    pub(super) fn from_members(members: &Map<String, Value>) -> Result<Self, Refusal> {
        refuse_members(members)?;
        let content_type = text(members, "cty").map(media_type);
        if content_type.is_some_and(|cty| cty == "jwt") {
            return Err(Refusal::new(
                Code::TokenHeaderRefused,
                "The token's header has `cty` \"JWT\": it is a token inside a token (RFC 7519 §5.2). Send the inner one.",
            ));
        }
        Ok(Self {
            algorithm: algorithm(members)?,
            key_id: text(members, "kid").map(str::to_owned),
            media_type: text(members, "typ").map(media_type),
        })
    }
}

/// Decodes the first part of a token.
pub(super) fn decode(encoded: &str) -> Result<Map<String, Value>, Refusal> {
    if encoded.len() > MAX_HEADER {
        let message = format!(
            "The token's header is {} bytes long; at most {MAX_HEADER} are taken.",
            encoded.len()
        );
        return Err(Refusal::new(Code::TokenTooLarge, message));
    }
    let malformed = |why: &str| {
        Refusal::new(
            Code::TokenMalformed,
            format!("The token's header cannot be read: {why}."),
        )
    };
    let bytes = base64url::decode(encoded)
        .ok_or_else(|| malformed("it is not base64url without padding"))?;
    parse_object(&bytes, MAX_DEPTH).map_err(|error| malformed(&error.to_string()))
}

/// The string member with this name; of another type it has been refused before.
pub(super) fn text<'a>(members: &'a Map<String, Value>, name: &str) -> Option<&'a str> {
    members.get(name).and_then(Value::as_str)
}

fn refuse_members(members: &Map<String, Value>) -> Result<(), Refusal> {
    for (name, why) in REFUSED {
        if members.contains_key(name) {
            let message = format!("The token's header has `{name}`, which {why}.");
            return Err(Refusal::new(Code::TokenHeaderRefused, message));
        }
    }
    for name in STRINGS {
        if let Some(value) = members.get(name).filter(|value| !value.is_string()) {
            let message = format!(
                "The token's header has `{name}` {}, which must be a string.",
                shown(value)
            );
            return Err(Refusal::new(Code::TokenMalformed, message));
        }
    }
    Ok(())
}

fn algorithm(members: &Map<String, Value>) -> Result<Algorithm, Refusal> {
    let Some(name) = members.get("alg") else {
        return Err(Refusal::new(
            Code::TokenMalformed,
            "The token's header has no `alg`.",
        ));
    };
    let known = name.as_str().and_then(Algorithm::from_name);
    known.ok_or_else(|| refuse_algorithm(name))
}

fn refuse_algorithm(name: &Value) -> Refusal {
    let why = match name.as_str() {
        Some(name) if name.eq_ignore_ascii_case("none") => ": it is not signed at all",
        Some(name) if name.to_ascii_uppercase().starts_with("HS") => remedy::SHARED_SECRET,
        _ => "",
    };
    let message = format!(
        "The token's `alg` is {}{why}. Taken are {}.",
        shown(name),
        Algorithm::names()
    );
    Refusal::new(Code::TokenAlgorithmRefused, message)
}

/// Media types compare without case, and `application/` may be left out (RFC 7515 §4.1.9).
fn media_type(text: &str) -> String {
    let lower = text.to_ascii_lowercase();
    match lower.strip_prefix("application/") {
        Some(rest) => rest.to_owned(),
        None => lower,
    }
}
