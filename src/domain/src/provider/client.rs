//! Exchanges with one identity provider, and their limits.

use std::pin::pin;
use std::rc::Rc;
use std::time::Duration;

use futures::future::{Either, select};
use http::header::{ACCEPT, ACCEPT_ENCODING, HeaderMap, HeaderValue, USER_AGENT};
use http::{Method, StatusCode};
use url::Url;

use super::cause::Cause;
use super::document::Document;
use super::failure::{Failure, Target};
use super::identity::Identity;
use crate::environment::{self, Environment, FetchRequest, FetchResponse, Limits, TransportError};
use crate::error::Refusal;
use crate::events::{Event, Events, ProviderFetch};
use crate::issuer::Issuer;
use crate::limits;

/// Asks one identity provider.
#[derive(Clone)]
pub(super) struct Client {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    identity: Rc<Identity>,
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

    /// `document` of this provider.
    pub(super) fn target(&self, document: Document) -> Target {
        Target {
            issuer: self.issuer().clone(),
            document,
        }
    }

    pub(super) fn failure(&self, document: Document, cause: Cause) -> Failure {
        Failure {
            target: self.target(document),
            cause,
        }
    }

    /// A GET of `url`, to be completed by the caller.
    pub(super) fn request(&self, document: Document, url: Url) -> FetchRequest {
        let mut headers = HeaderMap::new();
        headers.insert(ACCEPT, HeaderValue::from_static(document.accept()));
        // The host unpacks gzip and deflate; without this field a server may choose any coding (RFC 9110 §12.5.3).
        headers.insert(ACCEPT_ENCODING, HeaderValue::from_static("identity"));
        // Some providers and firewalls refuse a request that does not say who asks.
        let agent = HeaderValue::from_static(environment::USER_AGENT);
        headers.insert(USER_AGENT, agent);
        FetchRequest {
            method: Method::GET,
            reach: self.identity.reach(&url),
            url,
            headers,
            body: Vec::new(),
            ca_certificates: self.identity.ca_certificates(),
            limits: fetch_limits(document),
        }
    }

    /// The response to `request`, whatever its status.
    pub(super) async fn send(
        &self,
        document: Document,
        request: FetchRequest,
    ) -> Result<FetchResponse, Failure> {
        let response = self.environment.fetch(request).await;
        response.map_err(|error| self.failure(document, Cause::of_transport(error)))
    }

    /// The response to `request`, if it is 200.
    pub(super) async fn fetch(
        &self,
        document: Document,
        request: FetchRequest,
    ) -> Result<FetchResponse, Failure> {
        let response = self.send(document, request).await?;
        if response.status == StatusCode::OK {
            return Ok(response);
        }
        Err(self.failure(document, document.wrong_status(&response)))
    }

    /// The result of `work`, logged; a failure once it has taken too long, also where an exchange never ends.
    pub(super) async fn watch<T, E>(
        &self,
        document: Document,
        work: impl Future<Output = Result<T, E>>,
        describe: impl for<'a> FnOnce(&T, ProviderFetch<'a>) -> ProviderFetch<'a>,
    ) -> Result<T, E>
    where
        E: Clone + From<Failure> + Into<Refusal>,
    {
        self.watch_within(document, document.time_limit(), work, describe)
            .await
    }

    /// The same with less time, where an earlier exchange of the same work has used some.
    pub(super) async fn watch_within<T, E>(
        &self,
        document: Document,
        time: Duration,
        work: impl Future<Output = Result<T, E>>,
        describe: impl for<'a> FnOnce(&T, ProviderFetch<'a>) -> ProviderFetch<'a>,
    ) -> Result<T, E>
    where
        E: Clone + From<Failure> + Into<Refusal>,
    {
        let started = self.environment.now();
        let result = self.in_time(document, time, work).await;
        let fetch = ProviderFetch::new(
            document.log_level(),
            document.as_str(),
            self.issuer().as_str(),
            self.environment.now().since(started),
        );
        match &result {
            Ok(value) => self.write(describe(value, fetch)),
            Err(error) => self.write(fetch.failed(&error.clone().into())),
        }
        result
    }

    fn write(&self, fetch: ProviderFetch<'_>) {
        self.events.write(&Event::ProviderFetch(fetch));
    }

    async fn in_time<T, E: From<Failure>>(
        &self,
        document: Document,
        time: Duration,
        work: impl Future<Output = Result<T, E>>,
    ) -> Result<T, E> {
        let timeout = self.environment.sleep(time);
        match select(pin!(work), timeout).await {
            Either::Left((result, _)) => result,
            Either::Right(_) => {
                let cause = Cause::of_transport(TransportError::Timeout);
                Err(self.failure(document, cause).into())
            }
        }
    }
}

const fn fetch_limits(document: Document) -> Limits {
    let total = document.time_limit();
    Limits {
        connect: limits::PROVIDER_CONNECT,
        head: total,
        idle: total,
        total,
        body: document.size_limit(),
    }
}
