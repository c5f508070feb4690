//! Which inputs the apps declare, asked of Dify once a minute.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};
use http::{HeaderMap, Method, StatusCode};
use lru::LruCache;
use url::Url;

use super::capacity;
use crate::host::{Exchange, Host, Limits, LogLevel, Reach};
use crate::rewrite::DeclaredInputs;
use crate::settings::Settings;
use crate::time::UnixTime;

/// A form that an administrator changes is felt after this time.
const LIFETIME: Duration = Duration::from_secs(60);
/// A failure is not asked again with every message.
const LIFETIME_OF_FAILURE: Duration = Duration::from_secs(5);
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    head: Duration::from_secs(5),
    idle: Duration::from_secs(5),
    total: Duration::from_secs(5),
    body: 1024 * 1024,
};

/// None where Dify did not say.
type Known = Option<Rc<DeclaredInputs>>;

struct Entry {
    asked: UnixTime,
    answer: Shared<LocalBoxFuture<'static, Known>>,
}

impl Entry {
    fn is_fresh(&self, now: UnixTime) -> bool {
        let lifetime = match self.answer.peek() {
            Some(None) => LIFETIME_OF_FAILURE,
            Some(Some(_)) | None => LIFETIME,
        };
        now.since(self.asked) < lifetime
    }
}

/// The declared inputs of the apps that were used last, by settings.
pub struct DeclaredInputsCache<H> {
    host: Rc<H>,
    apps: RefCell<LruCache<[u8; 32], Entry>>,
}

impl<H: Host> DeclaredInputsCache<H> {
    /// Knows no app yet.
    pub fn new(host: Rc<H>) -> Self {
        Self {
            host,
            apps: RefCell::new(LruCache::new(capacity(512))),
        }
    }

    /// What the app of `settings` declares: the answer of `url`, where `headers` carry the app's key.
    pub async fn of(&self, settings: &Settings, url: Url, headers: HeaderMap) -> Known {
        self.answer(settings, url, headers).await
    }

    fn answer(
        &self,
        settings: &Settings,
        url: Url,
        headers: HeaderMap,
    ) -> Shared<LocalBoxFuture<'static, Known>> {
        let now = self.host.now();
        let mut apps = self.apps.borrow_mut();
        if let Some(entry) = apps
            .get(&settings.digest)
            .filter(|entry| entry.is_fresh(now))
        {
            return entry.answer.clone();
        }
        let answer = ask(self.host.clone(), settings, url, headers).shared();
        // Driven beside the requests that wait, so that it ends although the first of them may not.
        self.host.spawn(answer.clone().map(|_| ()).boxed_local());
        apps.put(
            settings.digest,
            Entry {
                asked: now,
                answer: answer.clone(),
            },
        );
        answer
    }
}

fn ask<H: Host>(
    host: Rc<H>,
    settings: &Settings,
    url: Url,
    headers: HeaderMap,
) -> LocalBoxFuture<'static, Known> {
    let request = Exchange {
        method: Method::GET,
        url,
        headers,
        body: Vec::new(),
        reach: Reach::Configured,
        ca_certificates: settings.ca_certificates.clone(),
        limits: LIMITS,
    };
    async move {
        let answer = host.exchange(request).await;
        let declared = answer
            .ok()
            .filter(|answer| answer.status == StatusCode::OK)
            .and_then(|answer| DeclaredInputs::parse(&answer.body).ok());
        if declared.is_none() {
            host.log(LogLevel::Warn, r#"{"event":"parameters","outcome":"Dify did not say which inputs the app declares"}"#);
        }
        declared.map(Rc::new)
    }
    .boxed_local()
}
