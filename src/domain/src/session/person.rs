//! What a session says of the person.

use crate::issuer::Issuer;
use crate::limits;
use crate::token::Caller;

/// Who has signed in, after everything was checked.
#[derive(Clone, Debug)]
pub struct Person {
    /// The caller. Its claims are those that inputs are made of (`rewrite::claims_for_inputs`) and no others.
    pub caller: Caller,
    /// What the page shows, at most [`limits::DISPLAY_NAME`] bytes of it.
    pub name: Option<String>,
    /// `sub` at the provider.
    pub subject: String,
    /// `sid`: the provider's own session (OpenID Connect Back-Channel Logout §2.1).
    pub provider_session: Option<String>,
}

impl Person {
    /// Whether `other` is the same person with the same data in Dify.
    pub fn is(&self, other: &Self) -> bool {
        let of = |person: &Self| -> (Issuer, String, String) {
            let user = person.caller.user.as_str().to_owned();
            (person.caller.issuer.clone(), person.subject.clone(), user)
        };
        of(self) == of(other)
    }
}

/// `name` without what does not fit, cut between two characters.
pub(super) fn cut(name: &str) -> String {
    let ends = name
        .char_indices()
        .map(|(at, character)| at + character.len_utf8());
    let end = ends.take_while(|end| *end <= limits::DISPLAY_NAME).last();
    end.and_then(|end| name.get(..end))
        .unwrap_or_default()
        .to_owned()
}
