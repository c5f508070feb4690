//! From a credential to the caller.

use std::rc::Rc;

use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::Refusal;
use crate::issuer::Issuer;
use crate::jose::UnverifiedToken;
use crate::provider::{self, Providers};
use crate::settings::{Settings, TokenValidation};
use crate::token::{self, Accepted, AccessToken, Caller};

use super::credential::Credential;
use super::verdicts::{TokenKey, Verdicts};

/// Checks tokens.
pub struct Admission {
    environment: Rc<dyn Environment>,
    providers: Rc<Providers>,
    verdicts: Verdicts,
}

impl Admission {
    /// Knows no token yet.
    pub fn new(environment: Rc<dyn Environment>, providers: Rc<Providers>) -> Self {
        Self {
            providers,
            environment,
            verdicts: Verdicts::new(),
        }
    }

    /// The caller whom the credential stands for.
    ///
    /// # Errors
    /// Why it is not taken.
    pub async fn caller(
        &self,
        credential: &Credential,
        settings: &Settings,
    ) -> Result<Caller, Refusal> {
        let Credential::Bearer(token) = credential;
        let (issuer, claims) = match validation(token, settings) {
            TokenValidation::Userinfo => self.vouched_for(token, settings).await?,
            TokenValidation::Introspection => self.introspected(token, settings).await?,
            TokenValidation::Auto | TokenValidation::Jwt => self.verified(token, settings).await?,
        };
        let accepted = token::accept(claims, issuer, settings, self.environment.now())?;
        let completed = self.completed(accepted, token, settings).await?;
        token::judge(completed, settings)
    }

    /// RFC 7515 §5.2 and RFC 7519 §7.2, the cheap and telling checks before the costly ones.
    async fn verified(
        &self,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<(Issuer, Claims), Refusal> {
        let unverified = token::parse(token.reveal())?;
        let issuer = token::issuer_of(&unverified.claims, settings)?;
        let media_type = unverified.header.media_type.as_deref();
        token::check_form(
            media_type,
            &unverified.claims,
            settings,
            self.environment.now(),
        )?;
        let key = self
            .providers
            .key(&issuer, settings, &unverified.header)
            .await?;
        let token_key = TokenKey::new(&settings.digest, token.reveal());
        if !self.verdicts.knows(token_key, key.thumbprint()) {
            token::check_signature(&key, &unverified)?;
            self.verdicts.remember(token_key, key.thumbprint());
        }
        Ok((issuer, unverified.claims))
    }

    async fn introspected(
        &self,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<(Issuer, Claims), Refusal> {
        let issuer = issuer_to_ask(token, settings)?;
        let claims = self.providers.introspect(&issuer, settings, token).await?;
        Ok((issuer, claims))
    }

    async fn vouched_for(
        &self,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<(Issuer, Claims), Refusal> {
        let issuer = issuer_to_ask(token, settings)?;
        let claims = self
            .providers
            .userinfo(&issuer, settings, token, None)
            .await?;
        Ok((issuer, claims))
    }

    /// Adds the claims that a rule names and the token lacks. What the token says itself stands.
    async fn completed(
        &self,
        accepted: Accepted,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<Accepted, Refusal> {
        let claims = accepted.claims();
        if !settings.userinfo
            || settings.token_validation == TokenValidation::Userinfo
            || !lacks_any(claims, settings)
        {
            return Ok(accepted);
        }
        let Some(subject) = claims.get("sub").and_then(|subject| subject.as_str()) else {
            return Ok(accepted);
        };
        let further = self
            .providers
            .userinfo(accepted.issuer(), settings, token, Some(subject))
            .await?;
        Ok(accepted.completed_with(&further))
    }
}

/// `auto`: an opaque token is introspected where there is a secret to do it with.
fn validation(token: &AccessToken, settings: &Settings) -> TokenValidation {
    let is_opaque = !UnverifiedToken::looks_like_one(token.reveal());
    match settings.token_validation {
        TokenValidation::Auto if is_opaque && settings.client_secret.is_some() => {
            TokenValidation::Introspection
        }
        chosen => chosen,
    }
}

/// The issuer that the token names, or the only one there is: nobody is asked about, and shown, somebody else's token.
/// What looks like a JWT and is none in the strict form may still be a token for the provider's eyes alone.
fn issuer_to_ask(token: &AccessToken, settings: &Settings) -> Result<Issuer, Refusal> {
    let sole = provider::sole_issuer(settings);
    if !UnverifiedToken::looks_like_one(token.reveal()) {
        return sole.cloned();
    }
    match (token::parse(token.reveal()), sole) {
        (Ok(token), Ok(sole)) if token.claims.get("iss").is_none() => Ok(sole.clone()),
        (Ok(token), _) => token::issuer_of(&token.claims, settings),
        (Err(_), Ok(sole)) => Ok(sole.clone()),
        (Err(refusal), Err(_)) => Err(refusal),
    }
}

/// Whether a rule names a claim that is not there.
fn lacks_any(claims: &Claims, settings: &Settings) -> bool {
    let rules = std::iter::once(&settings.required_claims).chain(&settings.admin_claims);
    rules
        .flat_map(|rules| rules.names())
        .any(|path| claims.at(path).is_none())
}
