//! Exchanges with one identity provider, and their limits.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use http::header::{ACCEPT, HeaderMap, HeaderValue};
use http::{Method, StatusCode};
use url::Url;

use super::failure::{Document, no_answer, wrong_status};
use super::identity::Identity;
use crate::environment::{Environment, FetchRequest, FetchResponse, Limits, TransportError};
use crate::error::Refusal;
use crate::events::{Event, Events, ProviderFetch};
use crate::issuer::Issuer;

/// What one request may wait for one document, over all the exchanges that it takes.
const IN_ALL: Duration = Duration::from_secs(5);

/// Bytes of a discovery document or a key set.
const LARGE: usize = 1024 * 1024;

/// Bytes of what is known of one token.
const SMALL: usize = 64 * 1024;

/// Asks one identity provider.
pub(super) struct Client {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    identity: Rc<Identity>,
}

impl Clone for Client {
    fn clone(&self) -> Self {
        Self {
            environment: Rc::clone(&self.environment),
            events: Rc::clone(&self.events),
            identity: Rc::clone(&self.identity),
        }
    }
}

impl Client {
    pub(super) fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        identity: Identity,
    ) -> Self {
        Self {
            environment,
            events,
            identity: Rc::new(identity),
        }
    }

    pub(super) const fn environment(&self) -> &Rc<dyn Environment> {
        &self.environment
    }

    pub(super) fn identity(&self) -> &Identity {
        &self.identity
    }

    pub(super) fn issuer(&self) -> &Issuer {
        self.identity.issuer()
    }

    /// A GET of `url`, to be completed by the caller.
    pub(super) fn request(&self, document: Document, url: Url) -> FetchRequest {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static("application/json"));
        FetchRequest {
            method: Method::GET,
            reach: self.identity.reach(&url),
            url,
            headers,
            body: Vec::new(),
            ca_certificates: self.identity.ca_certificates(),
            limits: limits(document),
        }
    }

    /// The answer to `request`, whatever its status.
    pub(super) async fn send(
        &self,
        document: Document,
        request: FetchRequest,
    ) -> Result<FetchResponse, Refusal> {
        let answer = self.environment.fetch(request).await;
        answer.map_err(|error| no_answer(self.issuer(), document, error))
    }

    /// The answer to `request`, where it is 200.
    pub(super) async fn fetch(
        &self,
        document: Document,
        request: FetchRequest,
    ) -> Result<FetchResponse, Refusal> {
        let fetched = self.send(document, request).await?;
        if fetched.status == StatusCode::OK {
            return Ok(fetched);
        }
        Err(wrong_status(self.issuer(), document, fetched.status))
    }

    /// The result of `work`, logged; a refusal once it has taken too long, also where an exchange never ends.
    pub(super) async fn watch<T>(
        &self,
        document: Document,
        work: impl Future<Output = Result<T, Refusal>>,
        describe: impl for<'a> FnOnce(&T, ProviderFetch<'a>) -> ProviderFetch<'a>,
    ) -> Result<T, Refusal> {
        let started = self.environment.now();
        let result = self.in_time(document, work).await;
        let fetch = ProviderFetch::new(
            document.log_level(),
            document.as_str(),
            self.issuer().as_str(),
            self.environment.now().since(started),
        );
        self.events.write(&Event::ProviderFetch(match &result {
            Ok(value) => describe(value, fetch),
            Err(refusal) => fetch.failed(refusal),
        }));
        result
    }

    async fn in_time<T>(
        &self,
        document: Document,
        work: impl Future<Output = Result<T, Refusal>>,
    ) -> Result<T, Refusal> {
        match select(pin!(work), self.environment.sleep(IN_ALL)).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => Err(no_answer(self.issuer(), document, TransportError::Timeout)),
        }
    }
}

const fn limits(document: Document) -> Limits {
    Limits {
        connect: Duration::from_secs(3),
        head: IN_ALL,
        idle: IN_ALL,
        total: IN_ALL,
        body: match document {
            Document::Discovery | Document::Keys => LARGE,
            Document::Introspection | Document::Userinfo => SMALL,
        },
    }
}
