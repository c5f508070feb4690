//! A JSON body whose members keep the text they were sent with, so that numbers stay exact.

use std::collections::BTreeMap;
use std::fmt;
use std::str;

use serde::de::{Deserialize, Deserializer, Error as _, MapAccess, SeqAccess, Visitor};
use serde_json::value::RawValue;

use super::inputs::{RawJson, WITHHELD_PREFIX};
use crate::error::{Code, Refusal};

/// Far more than any app has inputs; it bounds the memory of one body.
const MOST_MEMBERS: usize = 1000;

/// What is written into a JSON body.
#[derive(Clone, Copy, Debug)]
pub(super) struct Edit<'a> {
    /// The caller, where Dify reads `user` from JSON.
    pub(super) user: Option<&'a str>,
    /// The claims, where the operation takes inputs.
    pub(super) inputs: Option<&'a [(String, RawJson)]>,
}

/// A rewritten body.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Rewritten {
    /// The JSON text.
    pub(super) text: String,
    /// Whether `response_mode` is `streaming`.
    pub(super) streaming: bool,
}

/// Rewrites a body, which must be a JSON object in UTF-8 without a byte order mark, as Dify's parser wants it.
pub(super) fn json(body: &[u8], edit: &Edit<'_>) -> Result<Rewritten, Refusal> {
    let text = str::from_utf8(body).map_err(|_| bad("The body is not UTF-8."))?;
    let mut members = Members::parse(text, "The body")?;
    members.retain(|name| name != "user");
    rewrite_inputs(&mut members, edit)?;
    if let Some(user) = edit.user {
        members.set("user", RawJson::text(user).as_str().to_owned());
    }
    let streaming = members.value("response_mode").is_some_and(is_streaming);
    Ok(Rewritten {
        text: members.into_text(),
        streaming,
    })
}

fn rewrite_inputs(members: &mut Members, edit: &Edit<'_>) -> Result<(), Refusal> {
    let sent = members.value("inputs").unwrap_or("null");
    let mut inputs = match sent {
        object if object.starts_with('{') => Members::parse(object, "`inputs`")?,
        "null" if edit.inputs.is_some() => Members::default(),
        _ if edit.inputs.is_some() => {
            let message = "`inputs` is not a JSON object. Send an object, such as `{}`.";
            return Err(Refusal::new(Code::InvalidParam, message));
        }
        _ => return Ok(()),
    };
    inputs.retain(|name| !name.starts_with(WITHHELD_PREFIX));
    for (name, value) in edit.inputs.unwrap_or_default() {
        inputs.set(name, value.as_str().to_owned());
    }
    members.set("inputs", inputs.into_text());
    Ok(())
}

fn is_streaming(raw: &str) -> bool {
    serde_json::from_str::<String>(raw).is_ok_and(|mode| mode == "streaming")
}

/// The members of a JSON object in their order, each with its raw text. Of several with one name the last is left, as
/// Python reads them.
#[derive(Debug, Default)]
struct Members {
    entries: Vec<(String, String)>,
    positions: BTreeMap<String, usize>,
}

impl Members {
    /// Parses `text`; `subject` begins the sentence that refuses it.
    fn parse(text: &str, subject: &str) -> Result<Self, Refusal> {
        if !text
            .trim_start_matches([' ', '\t', '\n', '\r'])
            .starts_with('{')
        {
            return Err(bad(&format!("{subject} is not a JSON object.")));
        }
        serde_json::from_str(text)
            .map_err(|error| bad(&format!("{subject} is not a JSON object: {error}.")))
    }

    fn value(&self, name: &str) -> Option<&str> {
        let position = self.positions.get(name)?;
        self.entries.get(*position).map(|(_, value)| value.as_str())
    }

    fn set(&mut self, name: &str, value: String) {
        match self
            .positions
            .get(name)
            .and_then(|position| self.entries.get_mut(*position))
        {
            Some(entry) => entry.1 = value,
            None => {
                self.positions.insert(name.to_owned(), self.entries.len());
                self.entries.push((name.to_owned(), value));
            }
        }
    }

    fn retain(&mut self, keep: impl Fn(&str) -> bool) {
        self.entries.retain(|(name, _)| keep(name));
        self.positions = self
            .entries
            .iter()
            .enumerate()
            .map(|(position, (name, _))| (name.clone(), position))
            .collect();
    }

    fn into_text(self) -> String {
        let members: Vec<String> = self
            .entries
            .iter()
            .map(|(name, value)| format!("{}:{value}", RawJson::text(name).as_str()))
            .collect();
        format!("{{{}}}", members.join(","))
    }
}

impl<'de> Deserialize<'de> for Members {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_map(MembersVisitor)
    }
}

struct MembersVisitor;

impl<'de> Visitor<'de> for MembersVisitor {
    type Value = Members;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON object")
    }

    fn visit_map<A: MapAccess<'de>>(self, mut map: A) -> Result<Members, A::Error> {
        let mut members = Members::default();
        while let Some((name, value)) = map.next_entry::<String, &RawValue>()? {
            // A raw value is only scanned; this also refuses lone surrogates, numbers beyond a float and deep nesting.
            serde_json::from_str::<Checked>(value.get())
                .map_err(|error| A::Error::custom(format!("in a member's value, {error}")))?;
            members.set(&name, value.get().to_owned());
            if members.entries.len() > MOST_MEMBERS {
                return Err(A::Error::custom(format!(
                    "more than {MOST_MEMBERS} members"
                )));
            }
        }
        Ok(members)
    }
}

/// A value that Dify's parser takes, at most 127 levels deep: `serde_json` counts the recursion.
struct Checked;

impl<'de> Deserialize<'de> for Checked {
    fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
        deserializer.deserialize_any(CheckedVisitor)
    }
}

struct CheckedVisitor;

impl<'de> Visitor<'de> for CheckedVisitor {
    type Value = Checked;

    fn expecting(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("a JSON value")
    }

    fn visit_bool<E>(self, _: bool) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_f64<E>(self, _: f64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_i64<E>(self, _: i64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_u64<E>(self, _: u64) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_str<E>(self, _: &str) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_unit<E>(self) -> Result<Checked, E> {
        Ok(Checked)
    }

    fn visit_seq<A: SeqAccess<'de>>(self, mut items: A) -> Result<Checked, A::Error> {
        while items.next_element::<Checked>()?.is_some() {}
        Ok(Checked)
    }

    fn visit_map<A: MapAccess<'de>>(self, mut members: A) -> Result<Checked, A::Error> {
        while members.next_entry::<Checked, Checked>()?.is_some() {}
        Ok(Checked)
    }
}

fn bad(message: &str) -> Refusal {
    Refusal::new(Code::BadRequest, message)
}
