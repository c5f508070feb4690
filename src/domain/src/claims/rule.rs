//! Rules such as `groups=Domain Users|Staff, realm_access.roles=chat`.

use std::fmt;

use serde_json::Value;

use super::syntax::{Expected, Part, Scanner, SyntaxError, unescaped, written};
use super::{ClaimPath, Claims};
use crate::limits;

/// Rules that must all hold. Without any, everybody meets them.
#[derive(Clone, Debug, Default, PartialEq)]
pub struct Rules(Vec<Rule>);

#[derive(Clone, Debug, PartialEq)]
struct Rule {
    path: ClaimPath,
    values: Vec<String>,
    written: String,
}

impl Rules {
    /// Parses the whole setting, at least one rule: `path=value|value, path=value`.
    pub fn parse(text: &str) -> Result<Self, SyntaxError> {
        let mut scanner = Scanner::new(text);
        let mut rules = Vec::new();
        loop {
            let (rule, last_part) = Rule::scan(&mut scanner)?;
            rules.push(rule);
            if last_part.divider.is_none() {
                return Ok(Self(rules));
            }
            if rules.len() == limits::RULES {
                return Err(SyntaxError::new(
                    last_part.end,
                    Expected::FewerRules(limits::RULES),
                ));
            }
        }
    }

    /// Whether there are none.
    pub const fn is_empty(&self) -> bool {
        self.0.is_empty()
    }

    /// The claims that the rules name.
    pub fn names(&self) -> impl Iterator<Item = &ClaimPath> {
        self.0.iter().map(|rule| &rule.path)
    }

    /// The rules that name the claim `path`.
    pub fn about(&self, path: &str) -> Self {
        let rules = self.0.iter().filter(|rule| rule.path.as_str() == path);
        Self(rules.cloned().collect())
    }

    /// Whether every rule holds. The error names the first that does not, and why, in words that only the log may have.
    pub fn met_by(&self, claims: &Claims) -> Result<(), String> {
        let Some(unmet) = self.0.iter().find(|rule| !rule.holds(claims)) else {
            return Ok(());
        };
        let reason = match claims.at(&unmet.path) {
            None => "there is no such claim",
            Some(_) => "the claim has no such value",
        };
        Err(format!("`{unmet}` is not met: {reason}"))
    }
}

/// As they are written in the setting.
impl fmt::Display for Rules {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (rule, number) in self.0.iter().zip(0..) {
            let before = if number == 0 { "" } else { ", " };
            write!(formatter, "{before}{rule}")?;
        }
        Ok(())
    }
}

impl Rule {
    /// Reads one rule. The divider of its last part says whether another rule follows.
    fn scan(scanner: &mut Scanner<'_>) -> Result<(Self, Part), SyntaxError> {
        let claim = scanner.part()?;
        let path = ClaimPath::from_part(&claim)?;
        expect_equals(&claim)?;
        let (mut values, mut texts) = (Vec::new(), Vec::new());
        let mut before = '=';
        loop {
            let part = scanner.part()?;
            expect_value(&part, before, values.len())?;
            values.push(unescaped(&part.symbols));
            texts.push(written(&part.symbols));
            if part.divider != Some('|') {
                let written = format!("{}={}", path.as_str(), texts.join("|"));
                return Ok((
                    Self {
                        path,
                        values,
                        written,
                    },
                    part,
                ));
            }
            before = '|';
        }
    }

    fn holds(&self, claims: &Claims) -> bool {
        let Some(claim) = claims.at(&self.path) else {
            return false;
        };
        self.values.iter().any(|value| has(claim, value))
    }
}

impl fmt::Display for Rule {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str(&self.written)
    }
}

fn expect_equals(claim: &Part) -> Result<(), SyntaxError> {
    match claim.divider {
        Some('=') => Ok(()),
        Some('|') => Err(SyntaxError::new(claim.end, Expected::Escaped('|'))),
        _ => Err(SyntaxError::new(claim.end, Expected::Equals)),
    }
}

fn expect_value(value: &Part, before: char, earlier: usize) -> Result<(), SyntaxError> {
    if value.symbols.is_empty() {
        return Err(SyntaxError::new(value.position, Expected::Value(before)));
    }
    if value.divider == Some('=') {
        return Err(SyntaxError::new(value.end, Expected::Escaped('=')));
    }
    if earlier == limits::RULE_VALUES {
        return Err(SyntaxError::new(
            value.position,
            Expected::FewerValues(limits::RULE_VALUES),
        ));
    }
    Ok(())
}

/// Whether the claim has the value: an array if one of its elements is the value, an object if it has a member of that
/// name that is neither null nor false (Zitadel sends roles as `{"admin": {"<organisation>": "<domain>"}}`).
fn has(claim: &Value, expected: &str) -> bool {
    match claim {
        Value::Array(elements) => elements.iter().any(|element| is(element, expected)),
        Value::Object(members) => members
            .get(expected)
            .is_some_and(|member| !matches!(member, Value::Null | Value::Bool(false))),
        scalar => is(scalar, expected),
    }
}

/// Only a whole value matches: `chat` matches neither `chatter` nor `chat admin`.
fn is(scalar: &Value, expected: &str) -> bool {
    match scalar {
        Value::String(text) => text == expected,
        Value::Number(number) => number.to_string() == expected,
        Value::Bool(flag) => expected.parse() == Ok(*flag),
        Value::Array(_) | Value::Null | Value::Object(_) => false,
    }
}
