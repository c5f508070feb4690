//! How an identity provider is doing: for an administrator, not for a token.

use futures::future::join3;
use serde::Serialize;
use url::Url;

use super::cached::Freshness;
use super::known_provider::KnownProvider;
use super::metadata::Metadata;
use super::sign_in_metadata::SignInMetadata;
use super::standing::ClientStatus;
use super::{Providers, introspection, userinfo};
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::jose::JwkSet;
use crate::settings::{ProviderKind, Settings, TokenValidation};
use crate::single_flight::Waiters;

/// What is known of one provider, and what of it cannot be used.
pub struct ProviderStatus {
    /// Its discovery document; `None` where the settings do not need it.
    pub discovery: Option<Result<DiscoveryFacts, Refusal>>,
    /// Its keys; `None` where the settings do not need them.
    pub keys: Option<Result<KeyFacts, Refusal>>,
    /// What signing in needs of it; `None` where nobody signs in here.
    pub sign_in: Option<Result<SignInFacts, Refusal>>,
    /// What it last made of the gateway's own credentials; `None` where nobody signs in here.
    pub client: Option<ClientStatus>,
}

/// Where people sign in.
#[derive(Debug, Eq, PartialEq, Serialize)]
pub struct SignInFacts {
    authorization_endpoint: String,
    token_endpoint: String,
    userinfo_endpoint: Option<String>,
    end_session_endpoint: Option<String>,
    revocation_endpoint: Option<String>,
    /// Whether the provider tells the gateway of a logout that began elsewhere.
    backchannel_logout_supported: bool,
    /// What may keep people from signing in.
    #[serde(skip_serializing_if = "Vec::is_empty")]
    warnings: Vec<String>,
}

impl From<&SignInMetadata> for SignInFacts {
    fn from(metadata: &SignInMetadata) -> Self {
        let text = |url: &Option<Url>| url.as_ref().map(ToString::to_string);
        Self {
            authorization_endpoint: metadata.authorization_endpoint.to_string(),
            token_endpoint: metadata.token_endpoint.to_string(),
            userinfo_endpoint: text(&metadata.userinfo_endpoint),
            end_session_endpoint: text(&metadata.end_session_endpoint),
            revocation_endpoint: text(&metadata.revocation_endpoint),
            backchannel_logout_supported: metadata.backchannel_logout_supported,
            warnings: metadata.warnings(),
        }
    }
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
    /// How fresh the keys of `issuer` are, if any were fetched. Nobody is asked.
    pub fn key_freshness(&self, issuer: &Issuer, settings: &Settings) -> Option<Freshness> {
        self.provider(issuer, settings).keys().known_freshness()
    }

    /// How `issuer` is doing, as far as `settings` need it. What is due is fetched, under the same limits as for a token,
    /// but with few places to wait: a request that finds none gets what is known.
    pub async fn status(&self, issuer: &Issuer, settings: &Settings) -> ProviderStatus {
        let provider = self.provider(issuer, settings);
        let is_openid = settings.provider_kind == ProviderKind::Oidc;
        // An ID token is verified however the tokens are that clients bring.
        let verifies = is_openid
            && (settings.sign_in.is_some()
                || matches!(
                    settings.token_validation,
                    TokenValidation::Auto | TokenValidation::Jwt
                ));
        let keys = async {
            match &settings.jwks {
                _ if !verifies => None,
                Some(keys) => Some(Ok(KeyFacts::new("setting", keys, None))),
                None => Some(provider.key_facts(&self.health_waiters).await),
            }
        };
        let discovery = async {
            if provider.client().identity().has_document() && needs_discovery(settings) {
                let facts = provider.discovery_facts(issuer, settings, &self.health_waiters);
                Some(facts.await)
            } else {
                None
            }
        };
        let sign_in = async {
            match &settings.sign_in {
                Some(_) => Some(provider.sign_in_facts(&self.health_waiters).await),
                None => None,
            }
        };
        let (discovery, keys, sign_in) = join3(discovery, keys, sign_in).await;
        let client = settings.sign_in.as_ref();
        ProviderStatus {
            discovery,
            keys,
            sign_in,
            client: client.map(|sign_in| self.client_status(settings, sign_in)),
        }
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

    async fn sign_in_facts(&self, waiters: &Waiters) -> Result<SignInFacts, Refusal> {
        let cache = self.metadata();
        let snapshot = cache.current(Some(waiters)).await;
        let snapshot = snapshot.map_err(|failure| cache.refusal(&failure))?;
        let metadata = snapshot.value.sign_in.clone()?;
        Ok(SignInFacts::from(&*metadata))
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
            TokenValidation::Auto => {
                settings.jwks.is_none()
                    || settings.client_secret.is_some()
                    || settings.client_key.is_some()
            }
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
