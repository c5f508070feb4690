//! `WWW-Authenticate` of RFC 6750 §3.

use crate::error::{BearerError, Refusal};

/// What a challenge says besides the refusal itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    /// The address of the protected-resource metadata (RFC 9728 §5.1).
    pub resource_metadata: Option<String>,
}

impl Challenge {
    /// The header's value for a refusal whose code has a challenge.
    ///
    /// `scope` and `resource_metadata` come before `error_description`: clients search the header with loose patterns,
    /// and the description is free text that could contain either.
    pub fn value(&self, refusal: &Refusal) -> String {
        let error = refusal.code().bearer_error();
        let parameters = [
            ("realm", Some("dify")),
            ("error", error.map(BearerError::as_str)),
            ("scope", refusal.scope()),
            ("resource_metadata", self.resource_metadata.as_deref()),
            ("error_description", error.map(|_| refusal.message())),
        ];
        let parameters: Vec<String> = parameters
            .iter()
            .filter_map(|(name, value)| Some((name, (*value)?)))
            .map(|(name, value)| format!("{name}=\"{}\"", quotable(value)))
            .collect();
        format!("Bearer {}", parameters.join(", "))
    }
}

/// RFC 6750 §3 allows `error_description` the characters %x20-21 / %x23-5B / %x5D-7E: no quote, no backslash,
/// nothing beyond ASCII. They are replaced rather than escaped, so that no reader can unescape them wrongly.
fn quotable(text: &str) -> String {
    text.replace('§', "section ")
        .chars()
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => character,
            _ => '?',
        })
        .collect()
}
