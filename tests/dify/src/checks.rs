//! The checks of a payload or a query that Dify leaves to pydantic, and pydantic's report.

use serde_json::{Map, Value};
use uuid::Uuid;

use crate::python;
use crate::refusal::Refusal;

/// The members of a JSON object, or the first values of a query.
pub(crate) type Object = Map<String, Value>;

/// Collects every mistake of one input, as pydantic does.
pub(crate) struct Checks<'a> {
    model: &'static str,
    input: &'a Object,
    mistakes: Vec<String>,
}

impl<'a> Checks<'a> {
    pub(crate) fn new(model: &'static str, input: &'a Object) -> Self {
        Self {
            model,
            input,
            mistakes: Vec::new(),
        }
    }

    /// Refuses if there was any mistake.
    pub(crate) fn finish(self) -> Result<(), Refusal> {
        match self.mistakes.len() {
            0 => Ok(()),
            1 => Err(self.report("1 validation error")),
            count => Err(self.report(&format!("{count} validation errors"))),
        }
    }

    fn report(&self, head: &str) -> Refusal {
        Refusal::invalid_param(format!(
            "{head} for {}\n{}",
            self.model,
            self.mistakes.join("\n")
        ))
    }

    /// A mistake of one member, or of the whole input where `field` is empty.
    pub(crate) fn mistake(&mut self, field: &str, message: &str, kind: &str, input: &Value) {
        let mut value = python::repr(input);
        if value.chars().count() > 50 {
            let characters: Vec<char> = value.chars().collect();
            value = characters[..25]
                .iter()
                .chain(&['.', '.', '.'])
                .chain(&characters[characters.len() - 24..])
                .collect();
        }
        let place = if field.is_empty() {
            String::new()
        } else {
            format!("{field}\n")
        };
        self.mistakes.push(format!(
            "{place}  {message} [type={kind}, input_value={value}, input_type={}]\n    For further information visit \
             https://errors.pydantic.dev/2.12/v/{kind}",
            python::type_name(input)
        ));
    }

    pub(crate) fn required(&mut self, field: &str) -> Option<&'a Value> {
        let value = self.input.get(field);
        if value.is_none() {
            self.mistake(
                field,
                "Field required",
                "missing",
                &Value::Object(self.input.clone()),
            );
        }
        value
    }

    pub(crate) fn required_object(&mut self, field: &str) -> Object {
        match self.required(field) {
            Some(Value::Object(members)) => return members.clone(),
            Some(other) => self.mistake(
                field,
                "Input should be a valid dictionary",
                "dict_type",
                other,
            ),
            None => {}
        }
        Object::new()
    }

    pub(crate) fn required_string(&mut self, field: &str) -> String {
        match self.required(field) {
            Some(Value::String(text)) => return text.clone(),
            Some(other) => self.mistake(
                field,
                "Input should be a valid string",
                "string_type",
                other,
            ),
            None => {}
        }
        String::new()
    }

    /// A string, where null means absence.
    pub(crate) fn string(&mut self, field: &str) -> Option<String> {
        match self.input.get(field)? {
            Value::Null => None,
            Value::String(text) => Some(text.clone()),
            other => {
                self.mistake(
                    field,
                    "Input should be a valid string",
                    "string_type",
                    other,
                );
                None
            }
        }
    }

    /// One of these words, where null means absence.
    pub(crate) fn literal(&mut self, field: &str, words: &[&str]) -> Option<String> {
        let value = self.input.get(field).filter(|value| !value.is_null())?;
        if let Value::String(word) = value
            && words.contains(&word.as_str())
        {
            return Some(word.clone());
        }
        let quoted: Vec<String> = words.iter().map(|word| format!("'{word}'")).collect();
        let (last, rest) = quoted.split_last()?;
        let message = format!("Input should be {} or {last}", rest.join(", "));
        self.mistake(field, &message, "literal_error", value);
        None
    }

    /// Whether `response_mode` asks for a stream; absent it does not.
    pub(crate) fn streams(&mut self) -> bool {
        self.literal("response_mode", &["blocking", "streaming"])
            .as_deref()
            == Some("streaming")
    }

    /// A list, where null means absence.
    pub(crate) fn list(&mut self, field: &str) -> Vec<Value> {
        match self.input.get(field) {
            None | Some(Value::Null) => {}
            Some(Value::Array(items)) => return items.clone(),
            Some(other) => self.mistake(field, "Input should be a valid list", "list_type", other),
        }
        Vec::new()
    }

    /// A UUID, where null and the empty string mean absence and spaces around are ignored.
    pub(crate) fn uuid(&mut self, field: &str, mistake: &str) -> Option<Uuid> {
        let value = self.input.get(field)?;
        let text = value.as_str()?.trim();
        if text.is_empty() {
            return None;
        }
        let id = Uuid::parse_str(text).ok();
        if id.is_none() {
            self.mistake(
                field,
                &format!("Value error, {mistake}"),
                "value_error",
                value,
            );
        }
        id
    }

    /// A whole number of a query, from 1 to `most`.
    pub(crate) fn count(&mut self, field: &str, most: usize, default: usize) -> usize {
        let Some(value) = self.input.get(field) else {
            return default;
        };
        match python::str(value).trim().parse::<i64>() {
            Err(_) => {
                let message =
                    "Input should be a valid integer, unable to parse string as an integer";
                self.mistake(field, message, "int_parsing", value);
            }
            Ok(number) if number < 1 => {
                self.mistake(
                    field,
                    "Input should be greater than or equal to 1",
                    "greater_than_equal",
                    value,
                );
            }
            Ok(number) => match usize::try_from(number) {
                Ok(number) if number <= most => return number,
                _ => {
                    let message = format!("Input should be less than or equal to {most}");
                    self.mistake(field, &message, "less_than_equal", value);
                }
            },
        }
        default
    }
}
