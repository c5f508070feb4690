//! Reads one setting after the other and remembers every mistake.

use super::characters::{described, is_invisible};
use super::declaration::{Declaration, Kind, Setting};
use super::members::{Member, Members};
use super::{Mistake, Mistakes};
use crate::limits;

/// The name under which a mistake of the settings as a whole is reported.
pub(super) const ALL: &str = "settings";

pub(super) struct Reader<'a> {
    members: &'a Members,
    mistakes: Mistakes,
}

impl<'a> Reader<'a> {
    pub fn new(members: &'a Members) -> Self {
        let mut reader = Self {
            members,
            mistakes: Mistakes::default(),
        };
        if let Some(longest) = members.too_long {
            let most = kib(limits::SETTINGS);
            reader.report(
                ALL,
                format!(
                    "are longer than {most} together; shorten `{longest}`, the longest of them"
                ),
            );
        }
        reader
    }

    /// The setting's value, or the value of its declared default; `None` where it is missing or wrong.
    pub fn read<T>(&mut self, setting: &Setting<T>) -> Option<T> {
        let declaration = &setting.declaration;
        let text = match self.text(declaration) {
            Ok(text) => text.or(declaration.default),
            Err(problem) => {
                self.report(declaration.name, problem);
                return None;
            }
        };
        let Some(text) = text else {
            if declaration.required {
                let message = format!("is missing; {}", what_to_write(declaration));
                self.report(declaration.name, message);
            }
            return None;
        };
        match (setting.parse)(text) {
            Ok(value) => Some(value),
            Err(problems) => {
                for problem in problems {
                    self.report(declaration.name, problem);
                }
                None
            }
        }
    }

    /// Whether anything is written there, right or wrong.
    pub fn has<T>(&self, setting: &Setting<T>) -> bool {
        self.members.get(setting.declaration.name).is_some()
    }

    /// As [`Members::digest_of`].
    pub fn digest_of(&self, names: &[&str]) -> [u8; 32] {
        self.members.digest_of(names)
    }

    pub fn add<T>(&mut self, setting: &Setting<T>, message: impl Into<String>) {
        self.report(setting.declaration.name, message.into());
    }

    /// `settings`, unless there were mistakes.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Mistakes> {
        settings
            .filter(|_| self.mistakes.is_empty())
            .ok_or_else(|| self.mistakes.sorted())
    }

    fn report(&mut self, setting: &'static str, message: String) {
        self.mistakes.add(Mistake { setting, message });
    }

    /// What is written; `None` where nothing is.
    fn text(&self, setting: &Declaration) -> Result<Option<&'a str>, String> {
        let Some(member) = self.members.get(setting.name) else {
            return Ok(None);
        };
        match (setting.kind, member) {
            (Kind::Boolean, Member::Switch(true)) => Ok(Some("true")),
            (Kind::Boolean, Member::Switch(false)) => Ok(Some("false")),
            (Kind::Boolean, other) => Err(format!(
                "is {} instead of a boolean; it must be `true` or `false`",
                kind_of(other)
            )),
            (_, Member::Text(text)) => visible(text).map(Some),
            (_, Member::TooLong) => Err(format!(
                "is longer than {}, and no more is read; shorten it",
                kib(setting.max_length)
            )),
            (_, other) => Err(format!(
                "is {} instead of text; {}",
                kind_of(other),
                what_to_write(setting)
            )),
        }
    }
}

fn visible(text: &str) -> Result<&str, String> {
    match text.chars().find(|&character| is_invisible(character)) {
        None => Ok(text),
        Some(character) => Err(format!(
            "has {}; delete it, or type the value by hand",
            described(character)
        )),
    }
}

fn what_to_write(setting: &Declaration) -> String {
    match setting.example {
        Some(example) => format!("write text such as `{example}`"),
        None => "write text or leave it empty".to_owned(),
    }
}

fn kib(bytes: usize) -> String {
    format!("{} KiB", bytes / 1024)
}

const fn kind_of(member: &Member) -> &'static str {
    match member {
        Member::Other(kind) => kind,
        Member::Switch(_) => "a JSON boolean",
        Member::Text(_) | Member::TooLong => "text",
    }
}
