//! How an identity provider is doing: for an administrator, not for a token.

use futures::future::join;
use serde::Serialize;

use super::cached::Freshness;
use super::known_provider::KnownProvider;
use super::metadata::Metadata;
use super::{Providers, introspection, userinfo};
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::jose::JwkSet;
use crate::settings::{Settings, TokenValidation};
use crate::single_flight::Waiters;

/// What is known of one provider, and what of it cannot be used.
pub struct ProviderStatus {
    /// Its discovery document; `None` where the settings do not need it.
    pub discovery: Option<Result<DiscoveryFacts, Refusal>>,
    /// Its keys; `None` where the settings do not need them.
    pub keys: Option<Result<KeyFacts, Refusal>>,
}

/// What the discovery document says.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct DiscoveryFacts {
    jwks_uri: Option<String>,
    introspection_endpoint: Option<String>,
    userinfo_endpoint: Option<String>,
    #[serde(flatten)]
    freshness: Freshness,
}

/// What the keys are for.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct KeyFacts {
    /// The setting `jwks`, or the provider.
    source: &'static str,
    usable: usize,
    /// Why each of the others was left out.
    skipped: Vec<String>,
    algorithms: Vec<&'static str>,
    #[serde(flatten)]
    freshness: Option<Freshness>,
}

impl KeyFacts {
    fn new(source: &'static str, keys: &JwkSet, freshness: Option<Freshness>) -> Self {
        let algorithms = keys.keys().flat_map(|key| key.algorithms());
        let mut algorithms: Vec<_> = algorithms.map(|algorithm| algorithm.as_str()).collect();
        algorithms.sort_unstable();
        algorithms.dedup();
        Self {
            source,
            usable: keys.keys().count(),
            skipped: keys.why_skipped().collect(),
            algorithms,
            freshness,
        }
    }
}

impl Providers {
    /// How `issuer` is doing, as far as `settings` need it. What is due is fetched, under the same limits as for a token,
    /// but with few places to wait: a request that finds none gets what is known.
    pub async fn status(&self, issuer: &Issuer, settings: &Settings) -> ProviderStatus {
        let provider = self.provider(issuer, settings);
        let verifies = matches!(
            settings.token_validation,
            TokenValidation::Auto | TokenValidation::Jwt
        );
        let keys = async {
            match &settings.jwks {
                _ if !verifies => None,
                Some(keys) => Some(Ok(KeyFacts::new("setting", keys, None))),
                None => Some(provider.key_facts(&self.health_waiters).await),
            }
        };
        let discovery = async {
            if needs_discovery(settings) {
                let facts = provider.discovery_facts(issuer, settings, &self.health_waiters);
                Some(facts.await)
            } else {
                None
            }
        };
        let (discovery, keys) = join(discovery, keys).await;
        ProviderStatus { discovery, keys }
    }
}

impl KnownProvider {
    async fn key_facts(&self, waiters: &Waiters) -> Result<KeyFacts, Refusal> {
        let keys = self.keys();
        let snapshot = keys
            .current(Some(waiters))
            .await
            .map_err(|failure| keys.refusal(&failure))?;
        self.check_usable(&snapshot.value)?;
        let freshness = keys.freshness(&snapshot);
        Ok(KeyFacts::new("provider", &snapshot.value, Some(freshness)))
    }

    async fn discovery_facts(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        waiters: &Waiters,
    ) -> Result<DiscoveryFacts, Refusal> {
        let snapshot = self
            .metadata()
            .current(Some(waiters))
            .await
            .map_err(|failure| self.metadata().refusal(&failure))?;
        check_endpoints(&snapshot.value, issuer, settings)?;
        let Metadata {
            jwks_uri,
            introspection,
            userinfo_endpoint,
            access_token_issuer: _,
            sign_in: _,
        } = &*snapshot.value;
        let introspection = introspection.as_ref().map(|found| &found.endpoint);
        Ok(DiscoveryFacts {
            jwks_uri: jwks_uri.as_ref().map(ToString::to_string),
            introspection_endpoint: introspection.map(ToString::to_string),
            userinfo_endpoint: userinfo_endpoint.as_ref().map(ToString::to_string),
            freshness: self.metadata().freshness(&snapshot),
        })
    }
}

/// Static keys need no document, unless something else is asked of the provider.
const fn needs_discovery(settings: &Settings) -> bool {
    settings.userinfo
        || match settings.token_validation {
            TokenValidation::Auto => settings.jwks.is_none() || settings.client_secret.is_some(),
            TokenValidation::Jwt => settings.jwks.is_none(),
            TokenValidation::Introspection | TokenValidation::Userinfo => true,
        }
}

fn check_endpoints(
    metadata: &Metadata,
    issuer: &Issuer,
    settings: &Settings,
) -> Result<(), Refusal> {
    let validation = settings.token_validation;
    if validation == TokenValidation::Introspection && metadata.introspection.is_none() {
        return introspection::no_endpoint(issuer, validation).map(drop);
    }
    let asks_userinfo = settings.userinfo || validation == TokenValidation::Userinfo;
    if asks_userinfo && metadata.userinfo_endpoint.is_none() {
        return Err(userinfo::no_endpoint(issuer));
    }
    Ok(())
}
