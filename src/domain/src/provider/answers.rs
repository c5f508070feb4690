//! What identity providers have said of tokens that the gateway cannot read, for as long as it may be believed.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared, WeakShared};
use hmac_sha256::Hash;
use lru::LruCache;
use serde_json::Value;

use super::cached::is_within;
use super::failure::Document;
use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::settings::Settings;
use crate::time::UnixTime;
use crate::token::AccessToken;

/// How long a good token is believed: so long a withdrawn one still works.
const GOOD: Duration = Duration::from_secs(60);

/// How long a refused token is refused without asking.
const REFUSED: Duration = Duration::from_secs(10);

/// How many tokens are remembered.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(4095);

/// What the provider says of a token: its claims, or why it is refused.
pub(super) type Verdict = Result<Claims, Refusal>;

/// A verdict, or why there is none.
type Asked = Result<Verdict, Refusal>;

type Asking = LocalBoxFuture<'static, Asked>;

/// Stands for a token without being one: a digest over all of it and over the settings that it was judged by.
#[derive(Clone, Copy, Eq, Hash, PartialEq)]
pub(super) struct Question([u8; 32]);

impl Question {
    pub(super) fn new(
        document: Document,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
    ) -> Self {
        let mut hash = Hash::new();
        hash.update([document as u8]);
        hash.update(settings.digest);
        hash.update((issuer.as_str().len() as u64).to_be_bytes());
        hash.update(issuer.as_str());
        hash.update(token.reveal());
        Self(hash.finalize())
    }
}

enum Entry {
    Asking(WeakShared<Asking>),
    Known {
        verdict: Verdict,
        asked: UnixTime,
        lifetime: Duration,
    },
}

/// The verdicts of all providers.
pub(super) struct Answers {
    environment: Rc<dyn Environment>,
    entries: Rc<RefCell<LruCache<Question, Entry>>>,
}

impl Answers {
    pub(super) fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            environment,
            entries: Rc::new(RefCell::new(LruCache::sparse(REMEMBERED))),
        }
    }

    /// The known verdict, or what `ask` brings; requests that want to know the same wait for one answer.
    pub(super) async fn verdict(
        &self,
        question: Question,
        ask: impl Future<Output = Asked> + 'static,
    ) -> Result<Claims, Refusal> {
        let asking = match self.entries.borrow_mut().get(&question) {
            Some(Entry::Known {
                verdict,
                asked,
                lifetime,
            }) if is_within(self.environment.now(), *asked, *lifetime) => {
                return verdict.clone();
            }
            Some(Entry::Asking(asking)) => asking.upgrade(),
            _ => None,
        };
        asking.unwrap_or_else(|| self.start(question, ask)).await?
    }

    fn start(
        &self,
        question: Question,
        ask: impl Future<Output = Asked> + 'static,
    ) -> Shared<Asking> {
        let entries = Rc::clone(&self.entries);
        let asked = self.environment.now();
        let remember = move |answer: Asked| {
            let mut entries = entries.borrow_mut();
            match &answer {
                Ok(verdict) => {
                    let lifetime = lifetime(verdict, asked);
                    entries.put(
                        question,
                        Entry::Known {
                            verdict: verdict.clone(),
                            asked,
                            lifetime,
                        },
                    );
                }
                Err(_) => drop(entries.pop(&question)),
            }
            answer
        };
        let asking = ask.map(remember).boxed_local().shared();
        if let Some(weak) = asking.downgrade() {
            self.entries.borrow_mut().put(question, Entry::Asking(weak));
        }
        asking
    }
}

/// A good token is not believed beyond its own end, which the judgement of its claims reads more strictly than this.
fn lifetime(verdict: &Verdict, asked: UnixTime) -> Duration {
    let Ok(claims) = verdict else { return REFUSED };
    match claims.get("exp").and_then(Value::as_f64) {
        None => GOOD,
        Some(seconds) => UnixTime::from_millis((seconds * 1000.0) as u64)
            .since(asked)
            .min(GOOD),
    }
}
