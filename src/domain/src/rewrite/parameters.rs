//! Parameters of a field's value, as far as every parser reads them alike.
//!
//! Werkzeug, which reads the body in Dify, skips what it does not understand: it reads `name=user@x` as `user`. So
//! whatever is not in the grammar of RFC 9110 §5.6.6 is refused here.

/// One parameter.
#[derive(Debug, Eq, PartialEq)]
pub(super) struct Parameter<'a> {
    /// The name, lower case.
    pub(super) name: String,
    /// The value.
    pub(super) value: Value<'a>,
}

/// The value of a parameter.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub(super) enum Value<'a> {
    /// Between quotes, with its escapes.
    Quoted(&'a str),
    /// Without quotes.
    Token(&'a str),
}

impl<'a> Value<'a> {
    /// The text, if it has no escapes. Werkzeug 3.1 and 3.2 unescape differently, and turn `%22` into a quote.
    pub(super) fn plain(self) -> Option<&'a str> {
        match self {
            Self::Quoted(text) if text.contains('\\') || text.contains("%22") => None,
            Self::Quoted(text) | Self::Token(text) => Some(text),
        }
    }
}

/// Splits `value; name=value; …` into the value and its parameters. `None` if it does not match the grammar.
pub(super) fn split(text: &str) -> Option<(&str, Vec<Parameter<'_>>)> {
    let (value, mut rest) = text
        .split_once(';')
        .map_or((text, ""), |(value, rest)| (value, trim(rest)));
    let mut parameters = Vec::new();
    while !rest.is_empty() {
        let (parameter, after) = parameter(rest)?;
        parameters.push(parameter);
        rest = match trim(after) {
            "" => "",
            more => trim(more.strip_prefix(';')?),
        };
    }
    Some((trim(value), parameters))
}

fn parameter(text: &str) -> Option<(Parameter<'_>, &str)> {
    let (name, rest) = text.split_once('=')?;
    if !is_token(name) {
        return None;
    }
    let (value, rest) = match rest.strip_prefix('"') {
        Some(quoted) => quoted_string(quoted)?,
        None => token(rest)?,
    };
    let name = name.to_ascii_lowercase();
    Some((Parameter { name, value }, rest))
}

fn quoted_string(text: &str) -> Option<(Value<'_>, &str)> {
    let mut characters = text.char_indices().peekable();
    while let Some((index, character)) = characters.next() {
        match character {
            '"' => return Some((Value::Quoted(text.get(..index)?), text.get(index + 1..)?)),
            // Only these two are escapes: old browsers send `filename="C:\path"`.
            '\\' => {
                characters.next_if(|(_, next)| matches!(next, '"' | '\\'));
            }
            _ => {}
        }
    }
    None
}

fn token(text: &str) -> Option<(Value<'_>, &str)> {
    let end = text
        .find(|character| !is_token_character(character))
        .unwrap_or(text.len());
    let (token, rest) = text.split_at_checked(end)?;
    (!token.is_empty()).then_some((Value::Token(token), rest))
}

/// Whether `text` is a token of RFC 9110 §5.6.2.
pub(super) fn is_token(text: &str) -> bool {
    !text.is_empty() && text.chars().all(is_token_character)
}

fn is_token_character(character: char) -> bool {
    character.is_ascii_alphanumeric() || "!#$%&'*+-.^_`|~".contains(character)
}

fn trim(text: &str) -> &str {
    text.trim_matches([' ', '\t'])
}
