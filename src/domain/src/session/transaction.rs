//! One way through the provider: what the browser keeps of it until the callback.

use std::fmt;
use std::time::Duration;

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use hmac_sha256::Hash;
use serde::{Deserialize, Serialize};

use super::encoding::{decode, encode};
use super::expiry::is_over;
use super::keys::{Keys, Kind, derived};
use super::seal;
use super::{ReturnTo, TransactionId};
use crate::limits;
use crate::oauth::{CodeVerifier, Prompt};
use crate::settings::PublicUrl;
use crate::time::UnixTime;

/// Which of the four cookies of transactions. It is the first character of `state`.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Slot(u8);

impl Slot {
    pub(super) const FIRST: Self = Self(0);

    /// Every slot.
    pub const ALL: [Self; 4] = [Self::FIRST, Self(1), Self(2), Self(3)];

    /// The slot that a `state` names.
    pub fn of_state(state: &str) -> Option<Self> {
        Self::ALL
            .into_iter()
            .find(|slot| state.starts_with(slot.digit()))
    }

    /// The number, 0 to 3.
    pub const fn number(self) -> u8 {
        self.0
    }

    const fn digit(self) -> char {
        (b'0' + self.0) as char
    }
}

/// The value of `state` (RFC 6749 §10.12): the slot, and 32 bytes that only this browser's cookie gives.
#[derive(Clone)]
pub struct State(String);

impl State {
    /// The value for the authorization request.
    pub fn as_str(&self) -> &str {
        &self.0
    }

    /// Whether the callback's `state` is this one. The comparison takes the same time whatever differs.
    pub fn is(&self, presented: &str) -> bool {
        Hash::verify(presented, &Hash::hash(self.0.as_bytes()))
    }
}

impl fmt::Debug for State {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("State(redacted)")
    }
}

/// A login under way. Its `state`, `nonce` and verifier follow from one random value under labels of their own, so the
/// cookie is short.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Transaction {
    secret: Secret,
    return_to: ReturnTo,
    prompt: Option<Prompt>,
    attempt: u8,
    started: UnixTime,
}

#[derive(Clone, Eq, PartialEq)]
struct Secret([u8; 32]);

impl fmt::Debug for Secret {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Secret(redacted)")
    }
}

#[derive(Deserialize, Serialize)]
struct Content {
    secret: [u8; 32],
    return_to: String,
    prompt: Option<u8>,
    attempt: u8,
    started: u64,
}

impl Transaction {
    /// A login that starts now. `random` is drawn for it alone; `attempt` counts the logins that have started by
    /// themselves before it because the one before was stale.
    pub const fn new(
        random: [u8; 32],
        return_to: ReturnTo,
        prompt: Option<Prompt>,
        attempt: u8,
        now: UnixTime,
    ) -> Self {
        Self {
            secret: Secret(random),
            return_to,
            prompt,
            attempt,
            started: now,
        }
    }

    /// The cookie of `slot`. `nonce` is drawn for it alone. None only where there is no memory for it.
    pub fn seal(&self, keys: &Keys, slot: Slot, nonce: &[u8; 24]) -> Option<String> {
        let content = Content {
            secret: self.secret.0,
            return_to: self.return_to.as_str().to_owned(),
            prompt: self.prompt.map(prompt_number),
            attempt: self.attempt,
            started: self.started.as_secs(),
        };
        seal::seal(
            keys,
            Kind::Transaction,
            slot.number(),
            nonce,
            &encode(&content)?,
        )
    }

    /// The transaction in the cookie `text` of `slot`, stale or not.
    pub fn open(text: &str, keys: &Keys, slot: Slot, public_url: &PublicUrl) -> Option<Self> {
        let bytes = seal::open(keys, Kind::Transaction, slot.number(), text)?;
        let content: Content = decode(&bytes)?;
        Some(Self {
            secret: Secret(content.secret),
            return_to: ReturnTo::parse(&content.return_to, public_url),
            prompt: content.prompt.and_then(prompt_of),
            attempt: content.attempt,
            started: UnixTime::from_secs(content.started),
        })
    }

    /// The `state` of the login in `slot`.
    pub fn state(&self, slot: Slot) -> State {
        let bytes = derived::<32>(&self.secret.0, "state");
        State(format!("{}{}", slot.digit(), URL_SAFE_NO_PAD.encode(bytes)))
    }

    /// The `nonce` of the login (OpenID Connect Core §15.5.2).
    pub fn nonce(&self) -> String {
        URL_SAFE_NO_PAD.encode(derived::<32>(&self.secret.0, "nonce"))
    }

    /// The code verifier of the login (RFC 7636 §4.1).
    pub fn verifier(&self) -> CodeVerifier {
        CodeVerifier::from_random(&derived(&self.secret.0, "verifier"))
    }

    /// What [`super::Memory`] knows a used transaction by.
    pub fn id(&self) -> TransactionId {
        TransactionId::new(derived(&self.secret.0, "id"))
    }

    /// Where the person wanted to go.
    pub const fn return_to(&self) -> &ReturnTo {
        &self.return_to
    }

    /// What the provider was asked to do with the person.
    pub const fn prompt(&self) -> Option<Prompt> {
        self.prompt
    }

    /// How many logins have started by themselves before this one.
    pub const fn attempt(&self) -> u8 {
        self.attempt
    }

    /// When it started.
    pub const fn started(&self) -> UnixTime {
        self.started
    }

    /// Whether it is too old to be finished.
    pub fn is_stale(&self, now: UnixTime) -> bool {
        is_over(now, self.started, limits::TRANSACTION)
    }
}

/// How long the browser keeps a slot. A stale one still says where the person wanted to go; but where the cookie goes
/// along with every request, that has to do for an hour.
pub(super) const fn kept_for(goes_along_everywhere: bool) -> Duration {
    if goes_along_everywhere {
        limits::SLOT_ON_OWN_HOST
    } else {
        limits::SLOT
    }
}

const fn prompt_number(prompt: Prompt) -> u8 {
    match prompt {
        Prompt::None => 0,
        Prompt::Login => 1,
        Prompt::SelectAccount => 2,
    }
}

const fn prompt_of(number: u8) -> Option<Prompt> {
    match number {
        0 => Some(Prompt::None),
        1 => Some(Prompt::Login),
        2 => Some(Prompt::SelectAccount),
        _ => None,
    }
}
