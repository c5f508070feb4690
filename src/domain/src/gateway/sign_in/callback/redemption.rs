//! A code is redeemed once, however often the browser brings it: a second request waits for the first, and what came of it
//! is kept for the reload that a person presses when the page is slow.

use std::rc::Rc;
use std::time::Duration;

use hmac_sha256::Hash;
use http::StatusCode;

use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::session::{SealedSession, TransactionId};
use crate::single_flight::{Capacity, Crowded, Outcome, SingleFlight, Waiters};
use crate::time::whole_seconds;

/// What a redemption has come to: a session, or why there is none.
pub(super) type Redeemed = Result<Rc<SealedSession>, Refusal>;

/// SHA-256 over the slot's cookie, `state` and code, each preceded by its length: whoever does not bring all three gets
/// no result of it. The cookie is sealed for one endpoint and policy.
#[derive(Clone, Copy, Debug, Eq, Hash, PartialEq)]
pub(super) struct Key([u8; 32]);

impl Key {
    pub(super) fn new(cookie: &str, state: &str, code: &str) -> Self {
        let mut hash = Hash::new();
        for field in [cookie, state, code] {
            let length = u64::try_from(field.len()).unwrap_or(u64::MAX);
            hash.update(length.to_be_bytes());
            hash.update(field);
        }
        Self(hash.finalize())
    }
}

/// What came of a login, for the requests with this key.
#[derive(Clone)]
struct Done {
    key: Key,
    redeemed: Redeemed,
}

/// The redemptions of an endpoint, one at a time for each login.
pub(in crate::gateway::sign_in) struct Redemptions(SingleFlight<TransactionId, Done>);

impl Redemptions {
    /// None yet.
    pub(in crate::gateway::sign_in) fn new(environment: Rc<dyn Environment>) -> Self {
        let capacity = Capacity {
            entries: limits::REDEMPTIONS_KEPT,
            bytes: limits::REDEMPTIONS_MEMORY,
        };
        let waiters = Waiters::new(limits::FETCH_WAITERS);
        Self(SingleFlight::new(
            environment,
            capacity,
            waiters,
            limits::LOGIN_TOTAL,
        ))
    }

    /// What is kept of an earlier redemption of the same code.
    pub(super) fn kept(&self, login: TransactionId, key: Key) -> Option<Redeemed> {
        let done = self.0.kept(&login)?;
        (done.key == key).then_some(done.redeemed)
    }

    /// What `work` comes to, or the work for the same login that is under way. A result of 503 is not kept: nothing was
    /// redeemed, and the next request may go better.
    pub(super) async fn get(
        &self,
        login: TransactionId,
        key: Key,
        work: impl Future<Output = Redeemed> + 'static,
    ) -> Redeemed {
        let work = async move {
            let redeemed = work.await;
            let is_temporary = is_temporary(&redeemed);
            Outcome {
                lifetime: if is_temporary {
                    Duration::ZERO
                } else {
                    limits::REDEMPTION_KEPT
                },
                value: Done { key, redeemed },
                bytes: limits::SESSION_COOKIE,
            }
        };
        match self.0.get(login, work).await {
            Ok(done) if done.key == key => done.redeemed,
            Ok(_) => Err(other_code()),
            Err(Crowded { wait }) => Err(crowded(wait)),
        }
    }
}

/// Whether nothing was decided about the code.
pub(super) fn is_temporary(redeemed: &Redeemed) -> bool {
    let status = |refusal: &Refusal| refusal.code().status();
    redeemed
        .as_ref()
        .is_err_and(|refusal| status(refusal) == StatusCode::SERVICE_UNAVAILABLE)
}

fn other_code() -> Refusal {
    Refusal::new(
        Code::SignInFailed,
        "The sign-in failed: another answer of the identity provider to the same request came first. Sign in again.",
    )
}

fn crowded(wait: Duration) -> Refusal {
    let seconds = whole_seconds(wait);
    let message =
        format!("Too many sign-ins wait for the identity provider. Try again in {seconds} s.");
    Refusal::new(Code::Busy, message).with_retry_after(wait)
}
