//! `WWW-Authenticate` of RFC 6750 §3.

use http::StatusCode;

use crate::error::{BearerError, Refusal};
use crate::limits;
use crate::text::cut;

/// What a challenge says besides the refusal itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    /// The address of the protected-resource metadata (RFC 9728 §5.1).
    pub resource_metadata: Option<String>,
    /// The scopes to ask for, where clients sign people in by themselves (RFC 6750 §3). They take the place of those that
    /// a token must carry: some providers name them otherwise where they are asked for.
    pub scope: Option<String>,
}

impl Challenge {
    /// The header's value for a refusal whose code has a challenge.
    ///
    /// `scope` and `resource_metadata` come before `error_description`: clients search the header with loose patterns,
    /// and the description is free text that could contain either. Where the challenge has none of its own, the first in
    /// the description would count.
    pub fn value(&self, refusal: &Refusal) -> String {
        let error = refusal.code().bearer_error();
        let description = error.map(|_| {
            let text = cut(refusal.message(), limits::CHALLENGE_DESCRIPTION);
            text.replace("scope=", "scope:")
                .replace("resource_metadata=", "resource_metadata:")
        });
        let parameters = [
            ("realm", Some("dify")),
            ("error", error.map(BearerError::as_str)),
            ("scope", self.scope_for(refusal)),
            ("resource_metadata", self.resource_metadata.as_deref()),
            ("error_description", description.as_deref()),
        ];
        let parameters: Vec<String> = parameters
            .iter()
            .filter_map(|(name, value)| Some((name, (*value)?)))
            .map(|(name, value)| format!("{name}=\"{}\"", quotable(value)))
            .collect();
        format!("Bearer {}", parameters.join(", "))
    }

    /// A 403 that no token would change names no scope.
    fn scope_for<'a>(&'a self, refusal: &'a Refusal) -> Option<&'a str> {
        let helps =
            refusal.scope().is_some() || refusal.code().status() == StatusCode::UNAUTHORIZED;
        let asked_for = self.scope.as_deref().filter(|_| helps);
        let scope = asked_for.or_else(|| refusal.scope());
        // The metadata names them as well, in a body.
        scope.filter(|scope| scope.len() <= limits::CHALLENGE_SCOPE)
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
