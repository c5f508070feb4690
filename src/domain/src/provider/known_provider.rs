//! What is known of one identity provider.

use std::rc::Rc;

use futures::FutureExt;

use super::answers::Verdict;
use super::cached::Cached;
use super::client::Client;
use super::failure::Document;
use super::identity::Identity;
use super::introspection::{self, Credentials};
use super::key_cache::KeyCache;
use super::metadata::Metadata;
use super::{discovery, no_key, userinfo};
use crate::environment::Environment;
use crate::error::Refusal;
use crate::events::{Events, ProviderFetch};
use crate::jose::{Header, Jwk, JwkSet, NoKey};
use crate::settings::TokenValidation;
use crate::token::AccessToken;

/// One provider: where its endpoints are, and its keys.
pub(super) struct KnownProvider {
    client: Client,
    metadata: Rc<Cached<Metadata>>,
    keys: KeyCache<JwkSet>,
}

impl KnownProvider {
    pub(super) fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        identity: Identity,
    ) -> Self {
        let client = Client::new(Rc::clone(&environment), events, identity);
        let asker = client.clone();
        let discover = move || discovery::metadata(asker.clone()).boxed_local();
        let metadata = Cached::new(Rc::clone(&environment), Box::new(discover));
        let (asker, source) = (client.clone(), Rc::clone(&metadata));
        let fetch_keys = move || discovery::keys(asker.clone(), Rc::clone(&source)).boxed_local();
        let keys = KeyCache::new(
            Rc::clone(&environment),
            Cached::new(environment, Box::new(fetch_keys)),
        );
        Self {
            client,
            metadata,
            keys,
        }
    }

    /// The one key that fits `header`.
    pub(super) async fn key(&self, header: &Header) -> Result<Rc<Jwk>, Refusal> {
        let issuer = self.client.issuer();
        let select = |keys: &JwkSet| match keys.select(header, issuer.as_str()) {
            Ok(key) => Some(Ok(Rc::clone(key))),
            Err(NoKey::Ambiguous) => Some(Err(no_key::refuse(
                issuer,
                header,
                no_key::Why::Ambiguous,
                keys,
            ))),
            Err(NoKey::Unknown) => None,
        };
        match self.keys.find(&header.into(), select).await? {
            Ok(found) => found,
            Err(keys) => Err(no_key::refuse(issuer, header, no_key::Why::Unknown, &keys)),
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

    /// What the introspection endpoint says of `token`.
    pub(super) async fn introspect(
        self: Rc<Self>,
        credentials: Credentials,
        token: AccessToken,
        validation: TokenValidation,
    ) -> Result<Verdict, Refusal> {
        let work = async {
            let metadata = self.metadata.current().await?;
            let Some(endpoint) = &metadata.value.introspection else {
                return introspection::no_endpoint(self.client.issuer(), validation);
            };
            let request = self
                .client
                .request(Document::Introspection, endpoint.endpoint.clone());
            let request = introspection::ask(request, endpoint, &credentials, &token)?;
            let fetched = self.client.send(Document::Introspection, request).await?;
            introspection::read(&fetched, self.client.issuer(), &credentials)
        };
        self.client
            .watch(Document::Introspection, work, describe)
            .await
    }

    /// What the userinfo endpoint says of `token`.
    pub(super) async fn userinfo(self: Rc<Self>, token: AccessToken) -> Result<Verdict, Refusal> {
        let work = async {
            let metadata = self.metadata.current().await?;
            let endpoint = metadata.value.userinfo_endpoint.clone();
            let endpoint = endpoint.ok_or_else(|| userinfo::no_endpoint(self.client.issuer()))?;
            let request = userinfo::ask(self.client.request(Document::Userinfo, endpoint), &token)?;
            let fetched = self.client.send(Document::Userinfo, request).await?;
            userinfo::read(&fetched, self.client.issuer())
        };
        self.client.watch(Document::Userinfo, work, describe).await
    }
}

fn describe<'a>(verdict: &Verdict, fetch: ProviderFetch<'a>) -> ProviderFetch<'a> {
    match verdict {
        Ok(_) => fetch,
        Err(refusal) => fetch.with_outcome(refusal.code().as_str()),
    }
}
