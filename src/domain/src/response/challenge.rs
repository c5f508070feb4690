//! `WWW-Authenticate` of RFC 6750 §3.

use crate::error::Refusal;

/// What a challenge says besides the refusal itself.
#[derive(Clone, Debug, Default, Eq, PartialEq)]
pub struct Challenge {
    /// The address of the protected-resource metadata (RFC 9728 §5.1).
    pub resource_metadata: Option<String>,
}

impl Challenge {
    /// The header's value for a refusal with status 400, 401 or 403 that has to do with the token.
    ///
    /// `error` is left out when no token was sent (RFC 6750 §3.1, last paragraph).
    pub fn value(&self, refusal: &Refusal) -> String {
        let mut parameters = vec![("realm", "dify".to_owned())];
        if let Some(error) = refusal.code().bearer_error() {
            parameters.push(("error", error.as_str().to_owned()));
            parameters.push(("error_description", refusal.message().to_owned()));
        }
        parameters.extend(refusal.scope().map(|scope| ("scope", scope.to_owned())));
        parameters.extend(
            self.resource_metadata
                .iter()
                .map(|url| ("resource_metadata", url.clone())),
        );
        let parameters: Vec<String> = parameters
            .iter()
            .map(|(name, value)| format!("{name}=\"{}\"", quotable(value)))
            .collect();
        format!("Bearer {}", parameters.join(", "))
    }
}

/// RFC 6750 §3 allows `error_description` the characters %x20-21 / %x23-5B / %x5D-7E: no quote, no backslash,
/// nothing beyond ASCII. They are replaced rather than escaped, so that no reader can unescape them wrongly.
fn quotable(text: &str) -> String {
    text.chars()
        .map(|character| match character {
            '"' => '\'',
            '\\' => '/',
            ' '..='~' => character,
            _ => '?',
        })
        .collect()
}
