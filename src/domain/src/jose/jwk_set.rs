//! The public keys of an issuer, and the choice of one.

use std::rc::Rc;

use serde::Deserialize;
use serde_json::value::RawValue;

use super::Header;
use super::jwk::{Jwk, KeyId};
use super::members::Unusable;
use crate::json::parse_object;
use crate::limits;

/// The usable public keys of an issuer, at most 100.
#[derive(Clone, Debug, Default)]
pub struct JwkSet {
    keys: Vec<Rc<Jwk>>,
    unusable: Vec<Unusable>,
}

/// The document is not a JWK set, or the setting holds no key.
#[derive(Clone, Debug, Eq, PartialEq, thiserror::Error)]
#[error("{0}")]
pub struct InvalidJwkSet(pub String);

/// Why no key of the set was chosen.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum NoKey {
    /// No key fits the header.
    Unknown,
    /// More than one key fits the header, and none is tried just to see.
    Ambiguous,
}

/// `keys`, each left as text: one that cannot be read must not spoil the others.
#[derive(Deserialize)]
struct Document<'a> {
    #[serde(borrow)]
    keys: Vec<&'a RawValue>,
}

impl<'a> Document<'a> {
    fn parse(json: &'a [u8]) -> Result<Self, InvalidJwkSet> {
        let not_a_set = |why: &str| {
            InvalidJwkSet(format!(
                "it is not a JWK set, an object with the array `keys`: {why}"
            ))
        };
        let text = std::str::from_utf8(json).map_err(|_| not_a_set("it is not UTF-8"))?;
        // `serde` would read an array as the members in their order.
        if !text.trim_ascii_start().starts_with('{') {
            return Err(not_a_set("it does not begin with a brace"));
        }
        serde_json::from_str(text).map_err(|error| not_a_set(&error.to_string()))
    }
}

impl JwkSet {
    /// Parses a JWK set; members that cannot be used are left out and counted.
    ///
    /// # Errors
    /// Only what makes the whole document useless: its size, its form, or more than 100 keys.
    pub fn parse(json: &[u8]) -> Result<Self, InvalidJwkSet> {
        if json.len() > limits::PROVIDER_DOCUMENT {
            let message = format!(
                "the JWK set is {} bytes long; at most {} are accepted",
                json.len(),
                limits::PROVIDER_DOCUMENT
            );
            return Err(InvalidJwkSet(message));
        }
        let keys = Document::parse(json)?.keys;
        if keys.len() > limits::JWK_SET_KEYS {
            let message = format!(
                "the JWK set has {} keys; at most {} are accepted",
                keys.len(),
                limits::JWK_SET_KEYS
            );
            return Err(InvalidJwkSet(message));
        }
        Ok(keys.into_iter().map(parse_key).collect())
    }

    /// How many members of `keys` were left out, because they are not for signatures, not public or not sound.
    pub const fn skipped(&self) -> usize {
        self.unusable.len()
    }

    /// Why each of these was left out.
    pub fn why_skipped(&self) -> impl Iterator<Item = String> {
        self.unusable.iter().map(ToString::to_string)
    }

    /// The usable keys.
    pub fn keys(&self) -> impl Iterator<Item = &Rc<Jwk>> {
        self.keys.iter()
    }

    /// The same keys; those without `kid` answer to every one.
    pub(super) fn written_by_administrator(self) -> Self {
        let keys = self
            .keys
            .iter()
            .map(|key| Rc::new(key.written_by_administrator()));
        Self {
            keys: keys.collect(),
            ..self
        }
    }

    pub(super) fn unusable(&self) -> &[Unusable] {
        &self.unusable
    }

    /// The one key that fits `header`. `issuer` is matched against the key's own `issuer` member (Entra).
    ///
    /// # Errors
    /// [`NoKey::Unknown`] where none fits; [`NoKey::Ambiguous`] where several different ones do.
    pub fn select(&self, header: &Header, issuer: &str) -> Result<&Rc<Jwk>, NoKey> {
        let serving = self
            .keys
            .iter()
            .filter(|key| key.serves(header.algorithm, issuer));
        let answering_to = |key_id: &KeyId| {
            let keys = serving.clone().filter(|key| key.key_id() == key_id);
            keys.collect::<Vec<_>>()
        };
        let named = header.key_id.clone().map(KeyId::Named);
        let candidates = match named.map(|name| answering_to(&name)) {
            None => serving.collect(),
            Some(named) if named.is_empty() => answering_to(&KeyId::Any),
            Some(named) => named,
        };
        let (first, others) = candidates.split_first().ok_or(NoKey::Unknown)?;
        // Entra publishes one key several times, once for each of its issuers.
        if others
            .iter()
            .all(|other| other.thumbprint() == first.thumbprint())
        {
            Ok(first)
        } else {
            Err(NoKey::Ambiguous)
        }
    }
}

impl FromIterator<Result<Jwk, Unusable>> for JwkSet {
    fn from_iter<I: IntoIterator<Item = Result<Jwk, Unusable>>>(keys: I) -> Self {
        let mut set = Self::default();
        for key in keys {
            match key {
                Ok(key) => set.keys.push(Rc::new(key)),
                Err(why) => set.unusable.push(why),
            }
        }
        set
    }
}

fn parse_key(text: &RawValue) -> Result<Jwk, Unusable> {
    let members =
        parse_object(text.get().as_bytes(), limits::JOSE_DEPTH).map_err(|_| Unusable::Form)?;
    Jwk::from_members(members)
}
