//! What a browser carries for the gateway: a login under way in a slot, and the session after it.
//!
//! Nothing is stored on the server. Each cookie holds its whole state, sealed with a key of this endpoint's settings, so a
//! session outlives a restart and counts in every instance. What must be known of a cookie that was given away (a login
//! that is done, a session that was ended) is remembered until the cookie would have expired.

mod choice;
mod cookie;
mod encoding;
mod expiry;
mod ids;
mod kept_token;
mod keys;
mod memory;
mod page_token;
mod person;
mod return_to;
mod seal;
mod sealed_session;
#[expect(
    clippy::module_inception,
    reason = "the room is named after its main type"
)]
mod session;
mod transaction;

#[cfg(test)]
mod tests;

pub use choice::{OnNavigation, Opened};
pub use cookie::{CookieNames, RequestCookies, SetCookie};
pub use expiry::Standing;
pub use ids::{LoginMark, PageSecret, SessionId, TransactionId};
pub use kept_token::KeptToken;
pub use keys::Keys;
pub use memory::{LogoutMark, Memories, Memory};
pub use page_token::PageToken;
pub use person::Person;
pub use return_to::ReturnTo;
pub use sealed_session::{SealedSession, TokenFate};
pub use session::{Check, Login, Session};
pub use transaction::{Slot, State, Transaction};
