//! What Dify says of an app, asked once for all who want to know it at the same time.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, Shared};
use http::{HeaderMap, Method};
use lru::LruCache;

use crate::environment::{Environment, FetchRequest, FetchResponse, Limits, Reach, TransportError};
use crate::error::Refusal;
use crate::limits::capacity;
use crate::rewrite;
use crate::settings::Settings;
use crate::time::UnixTime;

/// What an app's own description may take, in time and in bytes.
const LIMITS: Limits = Limits {
    connect: Duration::from_secs(5),
    head: Duration::from_secs(5),
    idle: Duration::from_secs(5),
    total: Duration::from_secs(5),
    body: 1024 * 1024,
};

/// What an administrator changes in the app is felt after this time.
const LIFETIME: Duration = Duration::from_secs(60);
/// A failure is not asked again with every request.
const LIFETIME_OF_FAILURE: Duration = Duration::from_secs(5);

type Asked<T, E> = LocalBoxFuture<'static, Result<T, E>>;

struct Entry<T, E> {
    asked: UnixTime,
    answer: Shared<Asked<T, E>>,
}

impl<T: Clone, E: Clone> Entry<T, E> {
    fn is_fresh(&self, now: UnixTime) -> bool {
        let lifetime = match self.answer.peek() {
            Some(Err(_)) => LIFETIME_OF_FAILURE,
            Some(Ok(_)) | None => LIFETIME,
        };
        now.since(self.asked) < lifetime
    }
}

/// The answers about the apps that were used last, by the digest of the endpoint's settings.
pub struct Remembered<T, E> {
    environment: Rc<dyn Environment>,
    apps: RefCell<LruCache<[u8; 32], Entry<T, E>>>,
}

impl<T: Clone + 'static, E: Clone + 'static> Remembered<T, E> {
    /// Knows no app yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            environment,
            apps: RefCell::new(LruCache::new(capacity(512))),
        }
    }

    /// The answer about the app of `settings`: a remembered one, or what `read` makes of Dify's to `request`.
    pub fn answer(
        &self,
        settings: &Settings,
        request: FetchRequest,
        read: impl FnOnce(Result<FetchResponse, TransportError>) -> Result<T, E> + 'static,
    ) -> Shared<Asked<T, E>> {
        let now = self.environment.now();
        let mut apps = self.apps.borrow_mut();
        let known = apps.get(&settings.digest);
        if let Some(entry) = known.filter(|entry| entry.is_fresh(now)) {
            return entry.answer.clone();
        }
        let exchange = self.environment.fetch(request);
        let answer = exchange.map(read).boxed_local().shared();
        // Driven beside the requests that wait, so that it ends although the first of them may not.
        self.environment
            .spawn(answer.clone().map(drop).boxed_local());
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

/// The question for `path` about the app of `settings`, with its key.
///
/// # Errors
/// `configuration_error` where the app key cannot stand in a header.
pub fn question(settings: &Settings, path: &str) -> Result<FetchRequest, Refusal> {
    Ok(FetchRequest {
        method: Method::GET,
        url: settings.dify_api_url.at(path, ""),
        headers: rewrite::headers(&HeaderMap::new(), &settings.app_key, None)?,
        body: Vec::new(),
        reach: Reach::Configured,
        ca_certificates: settings.ca_certificates.clone(),
        limits: LIMITS,
    })
}
