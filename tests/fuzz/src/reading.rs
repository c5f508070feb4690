//! Simple parsers of JSON and forms, with which the domain's own are compared.

use std::fmt;

use serde::de::{Deserialize, Deserializer, IgnoredAny, MapAccess, Visitor};
use serde_json::{Map, Value};
use url::form_urlencoded;

/// The names of the members of a JSON object, repeated ones too.
pub(crate) struct MemberNames(pub(crate) Vec<String>);

impl MemberNames {
    /// The number of members named `name`.
    pub(crate) fn count(&self, name: &str) -> usize {
        self.0.iter().filter(|found| *found == name).count()
    }

    /// Whether every name is there once.
    pub(crate) fn are_unique(&self) -> bool {
        self.0.iter().all(|name| self.count(name) == 1)
    }
}

impl<'de> Deserialize<'de> for MemberNames {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(NamesVisitor)
    }
}

struct NamesVisitor;

impl<'de> Visitor<'de> for NamesVisitor {
    type Value = MemberNames;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("an object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<MemberNames, A::Error> {
        let mut names = Vec::new();
        while let Some((name, IgnoredAny)) = map.next_entry()? {
            names.push(name);
        }
        Ok(MemberNames(names))
    }
}

/// The members of a JSON object; of several with one name the last, as Python reads them.
pub(crate) fn object(json: &[u8]) -> Option<Map<String, Value>> {
    match serde_json::from_slice(json) {
        Ok(Value::Object(members)) => Some(members),
        _ => None,
    }
}

/// The names in the JSON object `json`.
pub(crate) fn member_names(json: &[u8]) -> MemberNames {
    serde_json::from_slice(json).expect("a JSON object")
}

/// The decoded pairs of a query or form, in their order.
pub(crate) fn pairs(text: &str) -> Vec<(String, String)> {
    form_urlencoded::parse(text.as_bytes())
        .into_owned()
        .collect()
}

/// The texts before and after the first line break.
pub(crate) fn two_lines(input: &[u8]) -> Option<(&str, &str)> {
    std::str::from_utf8(input).ok()?.split_once('\n')
}
