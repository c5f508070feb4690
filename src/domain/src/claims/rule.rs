//! Rules such as `groups=Domain Users|Staff, realm_access.roles=chat`.

use std::fmt;

use serde_json::Value;

use super::syntax::{Expected, Part, Scanner, SyntaxError, unescaped, written};
use super::{ClaimPath, Claims};

const MAX_RULES: usize = 100;
const MAX_VALUES: usize = 100;

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
            if rules.len() == MAX_RULES {
                return Err(SyntaxError::new(
                    last_part.end,
                    Expected::FewerRules(MAX_RULES),
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

    /// Those of the rules that name the claim `path`.
    pub fn about(&self, path: &str) -> Self {
        let rules = self.0.iter().filter(|rule| rule.path.as_str() == path);
        Self(rules.cloned().collect())
    }

    /// Whether every rule holds; else the first that does not and why, in words for the log alone.
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

impl Rule {
    /// Reads one rule; the part that it ends with says whether another one follows.
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
    if earlier == MAX_VALUES {
        return Err(SyntaxError::new(
            value.position,
            Expected::FewerValues(MAX_VALUES),
        ));
    }
    Ok(())
}

/// An array has what one of its elements is, an object the keys that it does not deny (Zitadel sends roles as
/// `{"admin": {"<organisation>": "<domain>"}}`).
fn has(claim: &Value, expected: &str) -> bool {
    match claim {
        Value::Array(elements) => elements.iter().any(|element| is(element, expected)),
        Value::Object(members) => members
            .get(expected)
            .is_some_and(|member| !matches!(member, Value::Null | Value::Bool(false))),
        scalar => is(scalar, expected),
    }
}

/// Whole values only: `chat` is neither in `chatter` nor in `chat admin`.
fn is(scalar: &Value, expected: &str) -> bool {
    match scalar {
        Value::String(text) => text == expected,
        Value::Number(number) => number.to_string() == expected,
        Value::Bool(flag) => expected.parse() == Ok(*flag),
        Value::Array(_) | Value::Null | Value::Object(_) => false,
    }
}
