//! Identity providers: their discovery documents, their keys, and their endpoints for tokens and for signing in.

use std::cell::RefCell;
use std::rc::Rc;

use lru::LruCache;

use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::events::Events;
use crate::issuer::{Issuer, IssuerSetting};
use crate::jose::{Header, Jwk, JwkSet, NoKey};
use crate::limits;
use crate::settings::{ProviderKind, Settings};
use crate::single_flight::Waiters;
use crate::token::AccessToken;

mod cached;
mod cause;
mod client;
mod client_authentication;
mod discovery;
mod document;
mod encoded;
mod failure;
mod identity;
mod introspection;
mod key_cache;
mod known_provider;
mod lifetime;
mod member_reader;
mod metadata;
mod no_key;
mod person;
mod preset;
mod revocation;
mod sign_in;
mod sign_in_metadata;
mod standing;
mod status;
#[cfg(test)]
mod tests;
mod token_endpoint;
mod token_failure;
mod token_statuses;
mod unknown_keys;
mod userinfo;

use document::Document;
use failure::Target;
use identity::Identity;
use introspection::Credentials;
use known_provider::KnownProvider;
use no_key::NoKeyReason;
use token_statuses::{TokenDigest, TokenStatuses};

pub use person::{PersonFailure, wants_organizations};
pub use sign_in_metadata::SignInMetadata;
pub use standing::ClientStatus;
pub use status::{DiscoveryFacts, KeyFacts, ProviderStatus, SignInFacts};
pub use token_failure::TokenFailure;

/// The identity providers of an endpoint, with what is known of them.
pub struct Providers {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    known: RefCell<LruCache<Identity, Rc<KnownProvider>>>,
    token_statuses: TokenStatuses,
    /// Requests with a token that wait for any of the providers.
    waiters: Waiters,
    /// Requests to `/health` that wait for any of them.
    health_waiters: Waiters,
    /// Codes that are being redeemed.
    redemptions: Waiters,
    /// Sessions that are being renewed.
    refreshes: Waiters,
}

impl Providers {
    /// Knows nothing yet.
    pub fn new(environment: Rc<dyn Environment>, events: Rc<Events>) -> Self {
        let waiters = Waiters::new(limits::PROVIDER_WAITERS);
        Self {
            known: RefCell::new(LruCache::sparse(limits::capacity(limits::PROVIDERS))),
            token_statuses: TokenStatuses::new(Rc::clone(&environment), waiters.clone()),
            waiters,
            health_waiters: Waiters::new(limits::HEALTH_WAITERS),
            redemptions: Waiters::new(limits::REDEMPTIONS),
            refreshes: Waiters::new(limits::REFRESHES),
            environment,
            events,
        }
    }

    /// The key of `issuer` that fits `header`. If the settings hold keys it is one of these; otherwise one that is known
    /// or fetched now.
    ///
    /// # Errors
    /// 401 `token_key_unknown` if no usable key fits or several do; 503 if the provider has no usable key, or cannot be
    /// asked and no older keys serve.
    pub async fn key(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        header: &Header,
    ) -> Result<Rc<Jwk>, Refusal> {
        match &settings.jwks {
            Some(keys) => static_key(issuer, keys, header),
            None => {
                let provider = self.provider(issuer, settings);
                provider.key(header, &self.waiters).await
            }
        }
    }

    /// The `iss` of the access tokens of `issuer`, if its discovery document names another one than its own (AD FS).
    ///
    /// # Errors
    /// 503 if the document cannot be fetched or used.
    pub async fn access_token_issuer(
        &self,
        issuer: &Issuer,
        settings: &Settings,
    ) -> Result<Option<Issuer>, Refusal> {
        let provider = self.provider(issuer, settings);
        let metadata = provider.metadata();
        let snapshot = metadata.current(Some(&self.waiters)).await;
        let snapshot = snapshot.map_err(|failure| metadata.refusal(&failure))?;
        Ok(snapshot.value.access_token_issuer.clone())
    }

    /// What `issuer` says about `token` at its introspection endpoint (RFC 7662). Believed for a minute at most.
    ///
    /// # Errors
    /// 401 if the token is not active or not this issuer's; 503 if that cannot be found out, which includes a provider
    /// that refuses the gateway's own credentials.
    pub async fn introspect(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
    ) -> Result<Claims, Refusal> {
        let document = Document::Introspection;
        let credentials = Credentials::new(issuer, settings)?;
        let provider = self.provider(issuer, settings);
        let fetch = provider.introspect(credentials, token.clone(), settings.token_validation);
        let digest = TokenDigest::new(document, issuer, settings, token);
        let issuer = issuer.clone();
        let target = Target { issuer, document };
        self.token_statuses.status(digest, target, fetch).await
    }

    /// What `issuer` says at its userinfo endpoint about the person of `token`; about `subject`, if that is known from
    /// the token itself. Believed for a minute at most. Proves no audience.
    ///
    /// # Errors
    /// 401 if the token is not active or is somebody else's, 403 if it lacks the scope `openid`, 503 if that cannot be
    /// found out.
    pub async fn userinfo(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
        subject: Option<&str>,
    ) -> Result<Claims, Refusal> {
        let document = Document::Userinfo;
        let fetch = self.provider(issuer, settings).userinfo(token.clone());
        let digest = TokenDigest::new(document, issuer, settings, token);
        let issuer = issuer.clone();
        let target = Target { issuer, document };
        let claims = self.token_statuses.status(digest, target, fetch).await?;
        if let Some(subject) = subject {
            userinfo::check_subject(&claims, subject)?;
        }
        Ok(claims)
    }

    fn provider(&self, issuer: &Issuer, settings: &Settings) -> Rc<KnownProvider> {
        let identity = Identity::new(issuer, settings);
        let mut known = self.known.borrow_mut();
        let provider = known.get_or_insert(identity.clone(), || {
            let environment = Rc::clone(&self.environment);
            let events = Rc::clone(&self.events);
            Rc::new(KnownProvider::new(environment, events, identity))
        });
        let provider = Rc::clone(provider);
        // A document that has grown since it was inserted counts too, so all are measured again.
        while known.len() > 1 && bytes_of(&known) > limits::PROVIDERS_MEMORY {
            known.pop_lru();
        }
        provider
    }
}

fn bytes_of(known: &LruCache<Identity, Rc<KnownProvider>>) -> usize {
    known.iter().map(|(_, provider)| provider.bytes()).sum()
}

/// The issuer that is asked about a token which does not say whose it is.
///
/// # Errors
/// 503 `configuration_error` where the settings name more than one.
pub fn sole_issuer(settings: &Settings) -> Result<&Issuer, Refusal> {
    if let [IssuerSetting::Exact(issuer)] = settings.issuers.as_slice() {
        return Ok(issuer);
    }
    let message = "The token does not say which issuer it is from, and `issuer` names more than one. Tokens that are not \
                   JWTs need an endpoint whose `issuer` is a single one.";
    Err(Refusal::new(Code::ConfigurationError, message))
}

/// Refuses tokens that clients bring by themselves where the provider's kind is not OpenID Connect: an access token of
/// plain OAuth 2.0 does not say which client it is for, so one that another app was given for the same person would be
/// as good (RFC 6749 §10.16). Only a code that the gateway has redeemed itself proves that.
///
/// # Errors
/// 401 `token_audience_refused`.
pub fn refuse_brought_tokens(settings: &Settings) -> Result<(), Refusal> {
    let kind = match settings.provider_kind {
        ProviderKind::Oidc => return Ok(()),
        ProviderKind::Feishu => "feishu",
        ProviderKind::GitHub => "github",
        ProviderKind::OAuth2 => "oauth2",
    };
    let message = format!(
        "This endpoint takes no tokens that clients bring by themselves: its `provider_kind` is `{kind}`, whose tokens do \
         not say which application they are for. Sign in with a browser at the endpoint's own page."
    );
    Err(Refusal::new(Code::TokenAudienceRefused, message))
}

fn static_key(issuer: &Issuer, keys: &JwkSet, header: &Header) -> Result<Rc<Jwk>, Refusal> {
    keys.select(header, issuer.as_str())
        .map(Rc::clone)
        .map_err(|no_key| {
            let reason = match no_key {
                NoKey::Ambiguous => NoKeyReason::Ambiguous,
                NoKey::Unknown => NoKeyReason::NotInSettings,
            };
            no_key::refuse(issuer, header, reason, keys)
        })
}
