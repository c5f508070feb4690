//! Identity providers: their discovery documents, their keys, their introspection and userinfo endpoints.

use std::cell::RefCell;
use std::num::NonZeroUsize;
use std::rc::Rc;

use lru::LruCache;

use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::events::Events;
use crate::issuer::{Issuer, IssuerSetting};
use crate::jose::{Header, Jwk, JwkSet, NoKey};
use crate::settings::Settings;
use crate::token::AccessToken;

mod answers;
mod cached;
mod client;
mod discovery;
mod failure;
mod identity;
mod introspection;
mod key_cache;
mod known_provider;
mod lifetime;
mod metadata;
mod no_key;
mod status;
mod unknown_keys;
mod userinfo;

use answers::{Answers, Question};
use failure::Document;
use identity::Identity;
use introspection::Credentials;
use known_provider::KnownProvider;
use no_key::Why;

pub use status::{DiscoveryFacts, KeyFacts, ProviderStatus};

/// How many identity providers are remembered; with Entra's template every tenant is one.
const REMEMBERED: NonZeroUsize = NonZeroUsize::MIN.saturating_add(127);

/// The identity providers of every endpoint of this process, with what is known of them.
pub struct Providers {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    known: RefCell<LruCache<Identity, Rc<KnownProvider>>>,
    answers: Answers,
}

impl Providers {
    /// Knows nothing yet.
    pub fn new(environment: Rc<dyn Environment>, events: Rc<Events>) -> Self {
        let answers = Answers::new(Rc::clone(&environment));
        Self {
            environment,
            events,
            known: RefCell::new(LruCache::sparse(REMEMBERED)),
            answers,
        }
    }

    /// The key of `issuer` that fits `header`. Where the settings hold keys, one of these and no other; else one that
    /// is known, or fetched now.
    ///
    /// # Errors
    /// 401 `token_key_unknown` where no key fits or several do; 503 where the provider cannot be asked and no older
    /// answer of it serves.
    pub async fn key(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        header: &Header,
    ) -> Result<Rc<Jwk>, Refusal> {
        match &settings.jwks {
            Some(keys) => static_key(issuer, keys, header),
            None => self.provider(issuer, settings).key(header).await,
        }
    }

    /// The `iss` of the access tokens of `issuer`, where its discovery document names another one than its own (AD FS).
    ///
    /// # Errors
    /// 503 where the document cannot be fetched or used.
    pub async fn access_token_issuer(
        &self,
        issuer: &Issuer,
        settings: &Settings,
    ) -> Result<Option<Issuer>, Refusal> {
        let provider = self.provider(issuer, settings);
        let metadata = provider.metadata().current().await?;
        Ok(metadata.value.access_token_issuer.clone())
    }

    /// What `issuer` says of `token` at its introspection endpoint (RFC 7662). Believed for a minute at most.
    ///
    /// # Errors
    /// 401 where the token is not active or not this issuer's; 503 where that cannot be found out, which includes a
    /// provider that refuses the gateway's own credentials.
    pub async fn introspect(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
    ) -> Result<Claims, Refusal> {
        let credentials = Credentials::new(issuer, settings)?;
        let provider = self.provider(issuer, settings);
        let question = Question::new(Document::Introspection, issuer, settings, token);
        let ask = provider.introspect(credentials, token.clone(), settings.token_validation);
        self.answers.verdict(question, ask).await
    }

    /// What `issuer` says at its userinfo endpoint of the person that `token` stands for; of `subject`, where that is
    /// known from the token itself. Believed for a minute at most. Proves no audience.
    ///
    /// # Errors
    /// 401 where the token is not active or stands for somebody else, 403 where it lacks the scope `openid`, 503 where
    /// that cannot be found out.
    pub async fn userinfo(
        &self,
        issuer: &Issuer,
        settings: &Settings,
        token: &AccessToken,
        subject: Option<&str>,
    ) -> Result<Claims, Refusal> {
        let provider = self.provider(issuer, settings);
        let question = Question::new(Document::Userinfo, issuer, settings, token);
        let claims = self
            .answers
            .verdict(question, provider.userinfo(token.clone()))
            .await?;
        match subject {
            Some(subject) => userinfo::check_subject(&claims, subject).map(|()| claims),
            None => Ok(claims),
        }
    }

    fn provider(&self, issuer: &Issuer, settings: &Settings) -> Rc<KnownProvider> {
        let identity = Identity::new(issuer, settings);
        let mut known = self.known.borrow_mut();
        let provider = known.get_or_insert(identity.clone(), || {
            Rc::new(KnownProvider::new(
                Rc::clone(&self.environment),
                Rc::clone(&self.events),
                identity,
            ))
        });
        Rc::clone(provider)
    }
}

/// The issuer that is asked about a token which does not say whose it is.
///
/// # Errors
/// 503 `configuration_error` where the settings name more than one.
pub fn sole_issuer(settings: &Settings) -> Result<&Issuer, Refusal> {
    if let [IssuerSetting::Exact(issuer)] = settings.issuers.as_slice() {
        return Ok(issuer);
    }
    let message = "The token does not say which issuer it is from, and `issuer` names more than one. Tokens that are no \
                   JWTs need an endpoint whose `issuer` is a single one.";
    Err(Refusal::new(Code::ConfigurationError, message))
}

fn static_key(issuer: &Issuer, keys: &JwkSet, header: &Header) -> Result<Rc<Jwk>, Refusal> {
    keys.select(header, issuer.as_str())
        .map(Rc::clone)
        .map_err(|no_key| {
            let why = match no_key {
                NoKey::Ambiguous => Why::Ambiguous,
                NoKey::Unknown => Why::UnknownToSettings,
            };
            no_key::refuse(issuer, header, why, keys)
        })
}

#[cfg(test)]
mod tests;
