//! Reads one setting after the other and remembers every mistake.

use serde_json::{Map, Value};

use super::declaration::Field;
use super::{Mistake, Mistakes};

/// What is wrong with one setting, each the rest of a sentence that begins with the setting's name.
pub(super) struct Problems(Vec<String>);

impl From<String> for Problems {
    fn from(problem: String) -> Self {
        Self(vec![problem])
    }
}

impl From<Vec<String>> for Problems {
    fn from(problems: Vec<String>) -> Self {
        Self(problems)
    }
}

pub(super) struct Reader<'a> {
    members: &'a Map<String, Value>,
    mistakes: Vec<Mistake>,
}

impl<'a> Reader<'a> {
    pub const fn new(members: &'a Map<String, Value>) -> Self {
        Self {
            members,
            mistakes: Vec::new(),
        }
    }

    /// The setting's value, or the value of its declared default; none where it is missing or wrong.
    pub fn read<T, P: Into<Problems>>(
        &mut self,
        setting: Field,
        parse: impl FnOnce(&str) -> Result<T, P>,
    ) -> Option<T> {
        let text = match self.text(setting) {
            Ok(text) => text.or(setting.default),
            Err(problem) => {
                self.add(setting, problem);
                return None;
            }
        };
        let Some(text) = text else {
            if setting.required {
                self.add(setting, format!("is missing; {}", what_to_write(setting)));
            }
            return None;
        };
        parse(text)
            .map_err(|problems| self.add_all(setting, problems.into()))
            .ok()
    }

    /// As [`Self::read`]. The type's own default is what a missing value means, or stands in for a wrong one, whose
    /// mistake keeps it from being used.
    pub fn read_or_default<T: Default, P: Into<Problems>>(
        &mut self,
        setting: Field,
        parse: impl FnOnce(&str) -> Result<T, P>,
    ) -> T {
        self.read(setting, parse).unwrap_or_default()
    }

    /// A boolean setting.
    pub fn switch(&mut self, setting: Field) -> bool {
        match self.value(setting) {
            None => setting.default == Some("true"),
            Some(Value::Bool(value)) => *value,
            Some(other) => {
                let kind = kind_of(other);
                self.add(
                    setting,
                    format!("is {kind} instead of a boolean; it must be `true` or `false`"),
                );
                false
            }
        }
    }

    /// Whether anything is written there, right or wrong.
    pub fn has(&self, setting: Field) -> bool {
        self.value(setting).is_some()
    }

    pub fn add(&mut self, setting: Field, message: impl Into<String>) {
        self.mistakes.push(Mistake {
            setting: setting.name,
            message: message.into(),
        });
    }

    /// `settings`, unless there were mistakes.
    pub fn finish<T>(self, settings: Option<T>) -> Result<T, Mistakes> {
        settings
            .filter(|_| self.mistakes.is_empty())
            .ok_or(Mistakes(self.mistakes))
    }

    fn add_all(&mut self, setting: Field, problems: Problems) {
        for problem in problems.0 {
            self.add(setting, problem);
        }
    }

    fn text(&self, setting: Field) -> Result<Option<&'a str>, String> {
        match self.value(setting) {
            None => Ok(None),
            Some(Value::String(text)) => Ok(Some(text.trim())),
            Some(other) => {
                let kind = kind_of(other);
                Err(format!(
                    "is {kind} instead of text; {}",
                    what_to_write(setting)
                ))
            }
        }
    }

    /// Null and blank text count as missing.
    fn value(&self, setting: Field) -> Option<&'a Value> {
        self.members.get(setting.name).filter(|value| match value {
            Value::Null => false,
            Value::String(text) => !text.trim().is_empty(),
            _ => true,
        })
    }
}

fn what_to_write(setting: Field) -> String {
    match setting.example {
        Some(example) => format!("write text such as `{example}`"),
        None => "write text or leave it empty".to_owned(),
    }
}

const fn kind_of(value: &Value) -> &'static str {
    match value {
        Value::Array(_) => "a JSON array",
        Value::Bool(_) => "a JSON boolean",
        Value::Null => "null",
        Value::Number(_) => "a JSON number",
        Value::Object(_) => "a JSON object",
        Value::String(_) => "text",
    }
}
