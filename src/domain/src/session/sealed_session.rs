//! The session cookie's value, which always fits.

use crate::error::{Code, Refusal};
use crate::limits;

use super::keys::{Keys, Kind};
use super::seal::{self, sealed_length};
use super::{CookieNames, Session};

/// A session, and the value of the cookie that holds it.
#[derive(Clone, Debug)]
pub struct SealedSession {
    session: Session,
    value: String,
    token: TokenFate,
}

/// What became of the provider's token, with which the checks are made. Without one the session ends after an hour, and
/// the administrator should hear of it.
#[derive(Clone, Copy, Debug, Eq, PartialEq)]
pub enum TokenFate {
    /// It is in the session.
    Kept,
    /// There was no room for it.
    LeftOut {
        /// Its length in bytes.
        length: usize,
    },
    /// The provider has given none.
    Missing,
}

impl SealedSession {
    /// The session as it is in the cookie.
    pub const fn session(&self) -> &Session {
        &self.session
    }

    /// The value of the cookie.
    pub fn value(&self) -> &str {
        &self.value
    }

    /// What became of the provider's token.
    pub const fn token_fate(&self) -> TokenFate {
        self.token
    }
}

impl Session {
    /// Seals the session. `nonce` is drawn for this one cookie. What does not fit into [`limits::SESSION_COOKIE`] with the
    /// cookie's name is left out: first the provider's token, then the person's name.
    ///
    /// # Errors
    /// `session_too_large`, with the largest claim.
    pub fn seal(
        self,
        keys: &Keys,
        names: &CookieNames,
        nonce: &[u8; 24],
    ) -> Result<SealedSession, Refusal> {
        let room = limits::SESSION_COOKIE.saturating_sub(names.session().len());
        let mut session = self;
        let mut token = match &session.token {
            Some(_) => TokenFate::Kept,
            None => TokenFate::Missing,
        };
        let plain = loop {
            let plain = session.encoded();
            if let Some(plain) = plain.filter(|plain| sealed_length(plain.len()) <= room) {
                break plain;
            }
            if let Some(kept) = session.token.take() {
                token = TokenFate::LeftOut { length: kept.len() };
            } else if session.person.name.take().is_none() {
                return Err(too_large(&session));
            }
        };
        let value = seal::seal(keys, Kind::Session, 0, nonce, &plain);
        Ok(SealedSession {
            value: value.ok_or_else(|| too_large(&session))?,
            session,
            token,
        })
    }
}

fn too_large(session: &Session) -> Refusal {
    let (name, length) = largest_claim(session);
    let message = format!(
        "The claim `{name}` has {length} bytes, and a session cookie has room for {} bytes in all. Choose fewer or \
         shorter claims in `input_claims`, or have the identity provider shorten this one.",
        limits::SESSION_COOKIE
    );
    Refusal::new(Code::SessionTooLarge, message)
}

/// The claims of the session by their length as JSON, inputs and those that every session has.
fn largest_claim(session: &Session) -> (String, usize) {
    let person = &session.person;
    let members = person.caller.claims.members().iter();
    let inputs = members.map(|(name, value)| (name.clone(), value.to_string().len()));
    let scopes = person
        .caller
        .scopes
        .iter()
        .map(|scope| scope.len() + 1)
        .sum();
    let sid = person.provider_session.as_ref().map_or(0, String::len);
    let own = [
        ("scope".to_owned(), scopes),
        ("sid".to_owned(), sid),
        ("sub".to_owned(), person.subject.len()),
    ];
    inputs
        .chain(own)
        .max_by_key(|(_, length)| *length)
        .unwrap_or_default()
}
