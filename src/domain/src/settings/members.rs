//! The JSON object of an endpoint's settings, as the daemon sends it with every request.

use std::borrow::Cow;
use std::collections::BTreeMap;
use std::fmt;

use hmac_sha256::Hash;
use serde::de::{MapAccess, Visitor};
use serde::{Deserialize, Deserializer};
use serde_json::value::RawValue;

use super::declaration::{Declaration, declarations};
use crate::limits;

/// Bytes that JSON needs at most for one byte of text (`\u001f`).
const LONGEST_ESCAPE: usize = 6;

/// What is written in one setting.
pub(super) enum Member {
    /// What is not text or a boolean, by the name of its type.
    Other(&'static str),
    Switch(bool),
    /// Text without the white space around it, never empty.
    Text(String),
    /// Text that is longer than the setting may be. It is not kept.
    TooLong,
}

/// The settings that are written: no null, no blank text, and none that this version does not declare.
pub(super) struct Members {
    members: BTreeMap<&'static str, Member>,
    /// The longest setting, where all of them together are too long and none is by itself.
    pub too_long: Option<&'static str>,
}

impl Members {
    /// Reads the object; `None` where `json` is something else.
    ///
    /// Nothing of it is copied before its length is known. The error of the JSON parser is dropped, because it can quote
    /// a value.
    pub fn read(json: &str) -> Option<Self> {
        let DeclaredMembers(written) = serde_json::from_str(json).ok()?;
        let longest = written.iter().max_by_key(|(_, value)| value.get().len());
        let members: BTreeMap<_, _> = written
            .iter()
            .filter_map(|(setting, value)| Some((setting.name, member(setting, value)?)))
            .collect();
        // A setting that is too long by itself is reported anyway.
        let is_reported = || {
            members
                .values()
                .any(|member| matches!(member, Member::TooLong))
        };
        let too_long = longest
            .filter(|_| json.len() > limits::SETTINGS && !is_reported())
            .map(|(setting, _)| setting.name);
        Some(Self { members, too_long })
    }

    pub fn get(&self, name: &str) -> Option<&Member> {
        self.members.get(name)
    }

    /// SHA-256 over the settings of these `names`, in the order of the page. What is not written counts as its
    /// default, so that saving the endpoint with the defaults that the page fills in changes nothing.
    pub fn digest_of(&self, names: &[&str]) -> [u8; 32] {
        let mut hash = Hash::new();
        for setting in declarations().filter(|setting| names.contains(&setting.name)) {
            let text = match self.get(setting.name) {
                Some(Member::Text(text)) => text,
                Some(Member::Switch(true)) => "true",
                Some(Member::Switch(false)) => "false",
                Some(Member::Other(_) | Member::TooLong) | None => {
                    setting.default.unwrap_or_default()
                }
            };
            hash.update(format!("{}:{text:?},", setting.name));
        }
        hash.finalize()
    }

    /// SHA-256 over everything that was set and that means something here, in the order of the names, so that neither
    /// the order of the members nor how they are escaped matters.
    pub fn digest(&self) -> [u8; 32] {
        let mut hash = Hash::new();
        for (name, member) in &self.members {
            match member {
                Member::Switch(value) => hash.update(format!("{name}:{value},")),
                Member::Text(text) => hash.update(format!("{name}:{text:?},")),
                // A mistake: no settings come of it.
                Member::Other(_) | Member::TooLong => (),
            }
        }
        hash.finalize()
    }
}

fn member(declaration: &Declaration, value: &RawValue) -> Option<Member> {
    let json = value.get();
    match json.as_bytes().first()? {
        b'"' => text(declaration, json),
        b'n' => None,
        b't' => Some(Member::Switch(true)),
        b'f' => Some(Member::Switch(false)),
        b'[' => Some(Member::Other("a JSON array")),
        b'{' => Some(Member::Other("a JSON object")),
        _ => Some(Member::Other("a JSON number")),
    }
}

fn text(declaration: &Declaration, json: &str) -> Option<Member> {
    let most = declaration.max_length.saturating_mul(LONGEST_ESCAPE);
    if json.len() > most {
        return Some(Member::TooLong);
    }
    let text: Cow<'_, str> = serde_json::from_str(json).ok()?;
    match text.trim() {
        "" => None,
        text if text.len() > declaration.max_length => Some(Member::TooLong),
        text => Some(Member::Text(text.to_owned())),
    }
}

/// The members that this version declares. Another version of the plugin may have saved others.
struct DeclaredMembers<'a>(Vec<(&'static Declaration, &'a RawValue)>);

impl<'de> Deserialize<'de> for DeclaredMembers<'de> {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(DeclaredMembersVisitor)
    }
}

struct DeclaredMembersVisitor;

impl<'de> Visitor<'de> for DeclaredMembersVisitor {
    type Value = DeclaredMembers<'de>;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object or null")
    }

    fn visit_unit<E>(self) -> Result<Self::Value, E> {
        Ok(DeclaredMembers(Vec::new()))
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Self::Value, A::Error> {
        let mut declared: Vec<(&'static Declaration, &'de RawValue)> = Vec::new();
        while let Some(name) = map.next_key::<Cow<'de, str>>()? {
            let value: &'de RawValue = map.next_value()?;
            if let Some(declaration) = declarations().find(|declaration| declaration.name == name) {
                declared.retain(|(earlier, _)| earlier.name != name);
                declared.push((declaration, value));
            }
        }
        Ok(DeclaredMembers(declared))
    }
}
