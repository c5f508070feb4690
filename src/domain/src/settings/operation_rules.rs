//! The setting `operation_rules`: who may use which operation, where its class alone would let more people in.
//!
//! An entry is `names: rules`, and entries are separated by `;`. It only ever takes something away: an operation for
//! administrators stays one.

use std::collections::BTreeMap;

use serde::{Deserialize, Serialize};
use serde_json::Value;

use super::list::of_entry;
use super::problems::Problems;
use crate::claims::{ClaimPath, Claims, Rules};
use crate::limits;
use crate::operation::{self, Class, Operation, OperationName};

/// The claim that stands for the granted scopes, whichever claim a provider writes them into.
const SCOPE: &str = "scope";

/// Bytes beyond which nothing is compared with the names that there are: theirs are half as long.
const LONGEST_NAME: usize = 64;

const ANYBODY: &str = "anybody";
const NOBODY: &str = "nobody";

/// Who may use which operation.
#[derive(Clone, Debug, Default)]
pub struct OperationRules {
    entries: Vec<Entry>,
    /// The entry that decides about an operation, by handler.
    deciding: BTreeMap<&'static str, usize>,
}

#[derive(Clone, Debug)]
struct Entry {
    names: Vec<(String, OperationName)>,
    who: Who,
}

#[derive(Clone, Debug)]
enum Who {
    Anybody,
    Nobody,
    These(Rules),
}

/// The entries of the setting that a caller does not meet, as bits. It means nothing under another value of the setting.
#[derive(Clone, Copy, Debug, Default, Deserialize, Eq, PartialEq, Serialize)]
pub struct UnmetEntries(u64);

/// Why an operation is closed to a caller.
#[derive(Clone, Debug, Eq, PartialEq)]
pub enum Closed {
    /// To everybody.
    ToEverybody,
    /// To those who do not meet the rules, which only the log may have.
    ByRules(String),
}

impl OperationRules {
    /// Parses the setting.
    pub(super) fn parse(text: &str) -> Result<Self, Problems> {
        let written: Vec<_> = entries(text)
            .filter(|(_, entry)| !entry.trim().is_empty())
            .collect();
        check_count(written.len())?;
        let (mut rules, mut problems) = (Self::default(), Vec::new());
        for ((start, entry), number) in written.iter().zip(1..) {
            match Entry::parse(entry, *start) {
                Ok(entry) => {
                    problems.extend(rules.repeated(&entry, number, written.len()));
                    rules.entries.push(entry);
                }
                Err(problem) => problems.push(of_entry(number, written.len(), &problem)),
            }
        }
        if !problems.is_empty() {
            return Err(problems.into());
        }
        rules.deciding = deciding(&rules.entries);
        if rules.closes_the_app() {
            return Err(
                "closes every operation of the app to everybody, so the endpoint could be used for nothing; remove an \
                 entry, or write who may"
                    .into(),
            );
        }
        Ok(rules)
    }

    fn repeated(&self, entry: &Entry, number: usize, count: usize) -> Vec<String> {
        let known = self.entries.iter().flat_map(|earlier| &earlier.names);
        let known: Vec<&str> = known.map(|(name, _)| name.as_str()).collect();
        let names = entry.names.iter().map(|(name, _)| name.as_str());
        names
            .filter(|name| known.contains(name))
            .map(|name| {
                let problem = format!("names `{name}` a second time; keep one of the two");
                of_entry(number, count, &problem)
            })
            .collect()
    }

    fn closes_the_app(&self) -> bool {
        operation::relayed().all(|operation| self.is_closed_to_everybody(operation))
    }

    /// Whether nobody at all may use `operation`.
    pub fn is_closed_to_everybody(&self, operation: &Operation) -> bool {
        let entry = self.entry_of(operation);
        entry.is_some_and(|(_, entry)| matches!(entry.who, Who::Nobody))
    }

    /// Names of the setting that open an operation of the class admin to somebody.
    pub(super) fn opening_to_admins(&self) -> Option<&str> {
        let opens = |(_, name): &&(String, OperationName)| {
            name.operations()
                .any(|operation| operation.class == Class::Admin)
        };
        self.entries
            .iter()
            .filter(|entry| matches!(entry.who, Who::These(_)))
            .flat_map(|entry| &entry.names)
            .find(opens)
            .map(|(name, _)| name.as_str())
    }

    /// The claims that the rules name. The granted scopes are none: they are known of every caller.
    pub fn names(&self) -> impl Iterator<Item = &ClaimPath> {
        self.rules()
            .flat_map(Rules::names)
            .filter(|path| path.as_literal() != SCOPE)
    }

    /// The rules of all entries.
    pub fn rules(&self) -> impl Iterator<Item = &Rules> {
        self.entries.iter().filter_map(|entry| match &entry.who {
            Who::These(rules) => Some(rules),
            Who::Anybody | Who::Nobody => None,
        })
    }

    /// What a caller with these claims and scopes does not meet.
    pub fn unmet_by(&self, claims: &Claims, scopes: &[String]) -> UnmetEntries {
        if self.entries.is_empty() {
            return UnmetEntries::default();
        }
        let scopes = scopes.iter().cloned().map(Value::String).collect();
        let claims = claims.clone().with(SCOPE, Value::Array(scopes));
        let entries = self.entries.iter().enumerate();
        let unmet = entries.filter(|(_, entry)| match &entry.who {
            Who::Anybody => false,
            Who::Nobody => true,
            Who::These(rules) => rules.met_by(&claims).is_err(),
        });
        unmet.fold(UnmetEntries::default(), |unmet, (index, _)| {
            unmet.with(index)
        })
    }

    /// The claims of the rules that a caller meets who does not meet those in `unmet`. The granted scopes are none.
    pub fn names_of_met(&self, unmet: UnmetEntries) -> impl Iterator<Item = &ClaimPath> {
        let entries = self.entries.iter().enumerate();
        let met = entries.filter_map(move |(index, entry)| match &entry.who {
            Who::These(rules) if !unmet.has(index) => Some(rules),
            Who::These(_) | Who::Anybody | Who::Nobody => None,
        });
        met.flat_map(Rules::names)
            .filter(|path| path.as_literal() != SCOPE)
    }

    /// Why `operation` is closed to a caller, if it is.
    pub fn closed(&self, operation: &Operation, unmet: UnmetEntries) -> Option<Closed> {
        let (index, entry) = self.entry_of(operation)?;
        if !unmet.has(index) {
            return None;
        }
        match &entry.who {
            Who::Anybody => None,
            Who::Nobody => Some(Closed::ToEverybody),
            Who::These(rules) => Some(Closed::ByRules(rules.to_string())),
        }
    }

    /// The operations that are closed to a caller, by handler.
    pub fn closed_to(&self, unmet: UnmetEntries) -> Vec<&'static str> {
        let closed = self.deciding.iter().filter(|(_, index)| unmet.has(**index));
        closed.map(|(handler, _)| *handler).collect()
    }

    fn entry_of(&self, operation: &Operation) -> Option<(usize, &Entry)> {
        let index = *self.deciding.get(operation.handler)?;
        Some((index, self.entries.get(index)?))
    }
}

fn check_count(entries: usize) -> Result<(), Problems> {
    let most = limits::OPERATION_RULES;
    match entries {
        0 => Err("has separators and no entry; write such as `files: nobody`".into()),
        _ if entries > most => Err(format!("has {entries} entries; write at most {most}").into()),
        _ => Ok(()),
    }
}

impl UnmetEntries {
    const fn has(self, index: usize) -> bool {
        index < limits::OPERATION_RULES && self.0 >> index & 1 == 1
    }

    const fn with(self, index: usize) -> Self {
        if index < limits::OPERATION_RULES {
            Self(self.0 | 1 << index)
        } else {
            self
        }
    }
}

impl Entry {
    /// Parses `names: rules`, which begins behind `start` characters of the setting.
    fn parse(text: &str, start: usize) -> Result<Self, String> {
        let Some((names, rules)) = text.split_once(':') else {
            return Err(
                "has no `:`; write operations before it and who may use them behind it, such as `files: nobody`"
                    .to_owned(),
            );
        };
        let mut found = Vec::new();
        for name in names.split([' ', ',']).filter(|name| !name.is_empty()) {
            let meaning = OperationName::parse(name).ok_or_else(|| unknown(name))?;
            if found.iter().any(|(earlier, _)| earlier == name) {
                return Err(format!("names `{name}` a second time; keep one of the two"));
            }
            found.push((name.to_owned(), meaning));
        }
        if found.is_empty() {
            return Err("has no operation before its `:`; write one, such as `files`".to_owned());
        }
        let before = text.chars().count() - rules.chars().count();
        Ok(Self {
            names: found,
            who: Who::parse(rules, start + before)?,
        })
    }
}

impl Who {
    fn parse(text: &str, start: usize) -> Result<Self, String> {
        match text.trim() {
            ANYBODY => Ok(Self::Anybody),
            NOBODY => Ok(Self::Nobody),
            "" => Err("has nothing behind its `:`; write rules such as `roles=runner`, `nobody` or `anybody`".to_owned()),
            _ => Rules::parse(text).map(Self::These).map_err(|error| {
                let error = error.behind(start);
                format!("cannot be read {error} (or `nobody` or `anybody` alone)")
            }),
        }
    }
}

/// A name that there is not, with the one that was probably meant. What was written is not repeated: it may be anything.
fn unknown(name: &str) -> String {
    let near = OperationName::all()
        .filter(|_| name.len() <= LONGEST_NAME)
        .map(|known| (strsim::normalized_damerau_levenshtein(known, name), known))
        .filter(|(similarity, _)| *similarity > 0.6)
        .max_by(|(one, _), (other, _)| one.total_cmp(other));
    match near {
        Some((_, known)) => format!(
            "has a name that no operation that can be ruled, no group and no class has; did you mean `{known}`"
        ),
        None => "has a name that no operation that can be ruled, no group and no class has; take one from the list of \
                 operations in the documentation, such as `post_files_upload`, `files` or `user`"
            .to_owned(),
    }
}

/// The entries of the setting, each with the number of characters before it. `\` keeps the character behind it.
fn entries(text: &str) -> impl Iterator<Item = (usize, &str)> {
    let mut is_escaped = false;
    let parts = text.split(move |character| {
        let separates = !is_escaped && character == ';';
        is_escaped = !is_escaped && character == '\\';
        separates
    });
    parts.scan(0, |start: &mut usize, part| {
        let begins = *start;
        *start += part.chars().count() + 1;
        Some((begins, part))
    })
}

/// Of several entries that stand for an operation, the one with the most special name decides.
fn deciding(entries: &[Entry]) -> BTreeMap<&'static str, usize> {
    let mut deciding = BTreeMap::new();
    for rank in 0..=2 {
        for (index, entry) in entries.iter().enumerate() {
            let names = entry.names.iter().filter(|(_, name)| name.rank() == rank);
            for operation in names.flat_map(|(_, name)| name.operations()) {
                deciding.insert(operation.handler, index);
            }
        }
    }
    deciding
}
