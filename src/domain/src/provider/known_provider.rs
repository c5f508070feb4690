//! What is known of one identity provider.

use std::rc::Rc;

use futures::FutureExt;

use super::cached::Cached;
use super::client::Client;
use super::document::Document;
use super::identity::Identity;
use super::introspection::{self, Credentials};
use super::key_cache::{KeyCache, Selection};
use super::metadata::Metadata;
use super::no_key::{NoKeyReason, none_usable, refuse};
use super::standing::Standing;
use super::token_statuses::TokenStatus;
use super::{discovery, userinfo};
use crate::environment::Environment;
use crate::error::Refusal;
use crate::events::{Events, ProviderFetch};
use crate::jose::{Header, Jwk, JwkSet};
use crate::settings::TokenValidation;
use crate::single_flight::Waiters;
use crate::token::AccessToken;

/// One provider: where its endpoints are, and its keys.
pub(super) struct KnownProvider {
    client: Client,
    metadata: Rc<Cached<Metadata>>,
    keys: KeyCache,
    standing: Standing,
}

impl KnownProvider {
    pub(super) fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        identity: Identity,
    ) -> Self {
        let client = Client::new(Rc::clone(&environment), events, identity);
        let asker = client.clone();
        let metadata = Cached::new(
            Rc::clone(&environment),
            client.target(Document::Discovery),
            Box::new(move || discovery::metadata(asker.clone()).boxed_local()),
        );
        let (asker, source) = (client.clone(), Rc::clone(&metadata));
        let keys = Cached::new(
            Rc::clone(&environment),
            client.target(Document::Keys),
            Box::new(move || discovery::keys(asker.clone(), Rc::clone(&source)).boxed_local()),
        );
        Self {
            keys: KeyCache::new(environment, client.target(Document::Keys), keys),
            client,
            metadata,
            standing: Standing::default(),
        }
    }

    /// The one key that fits `header`.
    pub(super) async fn key(&self, header: &Header, waiters: &Waiters) -> Result<Rc<Jwk>, Refusal> {
        let selection = self.keys.find(header, waiters).await;
        let (reason, keys) = match selection.map_err(|failure| self.keys().refusal(&failure))? {
            Selection::Key(key) => return Ok(key),
            Selection::Ambiguous(keys) => (NoKeyReason::Ambiguous, keys),
            Selection::Unknown(keys) => (NoKeyReason::NotPublished, keys),
        };
        // Another token would not help where there is no key for any.
        self.check_usable(&keys)?;
        Err(refuse(self.client.issuer(), header, reason, &keys))
    }

    /// Whether the keys can verify any token at all.
    pub(super) fn check_usable(&self, keys: &JwkSet) -> Result<(), Refusal> {
        match none_usable(keys) {
            Some(cause) => Err(self.client.failure(Document::Keys, cause).into()),
            None => Ok(()),
        }
    }

    /// Where its endpoints are, with the cache that says how fresh that is.
    pub(super) const fn metadata(&self) -> &Rc<Cached<Metadata>> {
        &self.metadata
    }

    /// Its keys, with the cache that says how fresh they are.
    pub(super) const fn keys(&self) -> &Rc<Cached<JwkSet>> {
        self.keys.cached()
    }

    /// Who asks it.
    pub(super) const fn client(&self) -> &Client {
        &self.client
    }

    /// What it last made of the gateway's own credentials.
    pub(super) const fn standing(&self) -> &Standing {
        &self.standing
    }

    /// What its documents and keys weigh in memory.
    pub(super) fn bytes(&self) -> usize {
        self.metadata.bytes() + self.keys().bytes()
    }

    /// What the introspection endpoint says about `token`.
    pub(super) async fn introspect(
        self: Rc<Self>,
        credentials: Credentials,
        token: AccessToken,
        validation: TokenValidation,
    ) -> Result<TokenStatus, Refusal> {
        let work = async {
            let metadata = self.current_metadata().await?;
            let Some(introspection) = &metadata.introspection else {
                return introspection::no_endpoint(self.client.issuer(), validation);
            };
            let endpoint = introspection.endpoint.clone();
            let request = self.client.request(Document::Introspection, endpoint);
            let request =
                introspection::ask(request, &self.client, introspection, &credentials, &token)?;
            let response = self.client.send(Document::Introspection, request).await?;
            introspection::read(&response, self.client.issuer(), &credentials)
        };
        self.client
            .watch(Document::Introspection, work, describe)
            .await
    }

    /// What the userinfo endpoint says about `token`.
    pub(super) async fn userinfo(
        self: Rc<Self>,
        token: AccessToken,
    ) -> Result<TokenStatus, Refusal> {
        let work = async {
            let endpoint = self.current_metadata().await?.userinfo_endpoint.clone();
            let endpoint = endpoint.ok_or_else(|| userinfo::no_endpoint(self.client.issuer()))?;
            let request = userinfo::ask(self.client.request(Document::Userinfo, endpoint), &token)?;
            let response = self.client.send(Document::Userinfo, request).await?;
            userinfo::read(&response, self.client.issuer())
        };
        self.client.watch(Document::Userinfo, work, describe).await
    }

    /// For work that the requests with one token share.
    async fn current_metadata(&self) -> Result<Rc<Metadata>, Refusal> {
        let metadata = self.metadata.current(None).await;
        metadata
            .map(|snapshot| snapshot.value)
            .map_err(|failure| self.metadata.refusal(&failure))
    }
}

fn describe<'a>(status: &TokenStatus, fetch: ProviderFetch<'a>) -> ProviderFetch<'a> {
    match status {
        Ok(_) => fetch,
        Err(refusal) => fetch.with_outcome(refusal.code().as_str()),
    }
}
