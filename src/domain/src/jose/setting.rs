//! The setting `jwks`: keys that the administrator wrote, for identity providers that cannot be reached.

use super::jwk::Jwk;
use super::members::Unusable;
use super::pem::{self, Block};
use super::{Algorithm, InvalidJwkSet, JwkSet};
use crate::json::parse_object;
use crate::limits;

const SECRET: &str = "it holds a private or shared key: write public keys only";

impl JwkSet {
    /// Parses the setting `jwks`: a JWK set, a single JWK, or one or more PEM public keys. A key without `kid` answers
    /// to every `kid`.
    ///
    /// # Errors
    /// What to write instead: no usable key, a private key, a certificate, or several PEM keys that tokens could not
    /// tell apart.
    pub fn parse_setting(text: &str) -> Result<Self, InvalidJwkSet> {
        let text = text.trim();
        let set = if text.starts_with('{') {
            parse_json(text)?
        } else {
            parse_pem(text).map_err(InvalidJwkSet)?
        };
        let why: Vec<String> = set.unusable().iter().map(ToString::to_string).collect();
        if set.unusable().contains(&Unusable::Secret) {
            return Err(InvalidJwkSet(SECRET.to_owned()));
        }
        if set.keys().next().is_none() {
            let message = if why.is_empty() {
                "it holds no key".to_owned()
            } else {
                format!("it holds no usable key: {}", why.join("; "))
            };
            return Err(InvalidJwkSet(message));
        }
        refuse_look_alikes(set)
    }
}

fn parse_json(text: &str) -> Result<JwkSet, InvalidJwkSet> {
    let members = parse_object(text.as_bytes(), limits::PROVIDER_DOCUMENT_DEPTH)
        .map_err(|error| InvalidJwkSet(format!("it begins like JSON, but {error}")))?;
    let set = if members.contains_key("keys") {
        JwkSet::parse(text.as_bytes())?
    } else {
        [Jwk::from_members(members)].into_iter().collect()
    };
    Ok(set.written_by_administrator())
}

/// Text around the blocks is explanation, except where it is a private key that lost its first line: the person who
/// pasted that must learn of it.
fn parse_pem(text: &str) -> Result<JwkSet, String> {
    if text.contains("PRIVATE KEY-----") {
        return Err(SECRET.to_owned());
    }
    let blocks = pem::blocks(text)?;
    if blocks.is_empty() {
        return Err(
            "it is neither JSON (a JWK set or a JWK) nor PEM (`-----BEGIN PUBLIC KEY-----`)"
                .to_owned(),
        );
    }
    blocks.iter().map(parse_block).collect()
}

fn parse_block(block: &Block) -> Result<Result<Jwk, Unusable>, String> {
    match block.label.as_str() {
        "PUBLIC KEY" | "RSA PUBLIC KEY" => Ok(Jwk::from_der(&block.der)),
        "CERTIFICATE" => Err("it is a certificate: write the public key in it, which \
             `openssl x509 -in certificate.pem -noout -pubkey` prints"
            .to_owned()),
        _ => Err("a PEM block is not a `PUBLIC KEY`".to_owned()),
    }
}

/// Two keys without `kid` for one algorithm would make every token ambiguous, so the setting is refused when it is written.
fn refuse_look_alikes(set: JwkSet) -> Result<JwkSet, InvalidJwkSet> {
    let is_twin = |algorithm: &Algorithm| {
        let nameless = set.keys().filter(|key| key.answers_to_every_id());
        nameless
            .filter(|key| key.algorithms().any(|own| own == *algorithm))
            .count()
            > 1
    };
    match Algorithm::ALL.iter().find(|algorithm| is_twin(algorithm)) {
        None => Ok(set),
        Some(algorithm) => Err(InvalidJwkSet(format!(
            "two keys without `kid` both verify {}: write a JWK set in which each key has the `kid` of its tokens",
            algorithm.as_str()
        ))),
    }
}
