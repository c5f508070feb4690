//! From a credential to the caller.

use std::rc::Rc;

use crate::claims::Claims;
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::events::{Event, Events, TokenJudged};
use crate::issuer::{Issuer, IssuerSetting};
use crate::jose::{Algorithm, UnverifiedToken};
use crate::provider::{self, Providers};
use crate::request::Request;
use crate::settings::{Settings, TokenValidation};
use crate::token::{self, Accepted, AccessToken, Caller};

use super::credential::Credential;
use super::verdicts::{TokenKey, Verdicts};

/// What is known of a token's signature.
#[derive(Default)]
struct Signature {
    algorithm: Option<Algorithm>,
    was_seen: bool,
}

/// Checks tokens.
pub struct Admission {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    providers: Rc<Providers>,
    verdicts: Verdicts,
}

impl Admission {
    /// Knows no token yet.
    pub fn new(
        environment: Rc<dyn Environment>,
        events: Rc<Events>,
        providers: Rc<Providers>,
    ) -> Self {
        Self {
            events,
            providers,
            environment,
            verdicts: Verdicts::new(),
        }
    }

    /// The caller that the credential belongs to. A token may also be meant for `resource`, where the request is for one
    /// that has tokens of its own.
    ///
    /// # Errors
    /// Why it is not accepted.
    pub async fn caller(
        &self,
        credential: &Credential,
        settings: &Settings,
        request: &Request,
        resource: Option<&str>,
    ) -> Result<Caller, Refusal> {
        let token = match credential {
            // Everything about the person was decided at the login and at the last check, with the same rules.
            Credential::Session(session) => return Ok(session.caller()),
            Credential::Bearer(token) => token,
        };
        let mut signature = Signature::default();
        let judged = self.judged(token, settings, resource, &mut signature).await;
        let verdict = judged.as_ref().err().map(|refusal| refusal.code().as_str());
        self.events.write(&Event::TokenJudged(TokenJudged::new(
            &request.id,
            &request.endpoint,
            verdict.unwrap_or("accepted"),
            signature.algorithm.map_or("none", Algorithm::as_str),
            signature.was_seen,
        )));
        judged
    }

    async fn judged(
        &self,
        token: &AccessToken,
        settings: &Settings,
        resource: Option<&str>,
        signature: &mut Signature,
    ) -> Result<Caller, Refusal> {
        token.refuse_dify_key(&settings.app_key)?;
        provider::refuse_brought_tokens(settings)?;
        let (issuer, claims) = match validation(token, settings) {
            TokenValidation::Userinfo => self.checked_by_userinfo(token, settings).await?,
            TokenValidation::Introspection => self.introspected(token, settings).await?,
            TokenValidation::Auto | TokenValidation::Jwt => {
                self.verified(token, settings, signature).await?
            }
        };
        let accepted = token::accept(claims, issuer, settings, resource, self.environment.now())?;
        let completed = self.completed(accepted, token, settings).await?;
        token::judge(completed, settings)
    }

    /// Verifies a JWT, the cheap and telling checks before the costly ones. The numbers are the steps of RFC 7519 §7.2;
    /// RFC 9068 §4 adds what an access token must say.
    async fn verified(
        &self,
        token: &AccessToken,
        settings: &Settings,
        signature: &mut Signature,
    ) -> Result<(Issuer, Claims), Refusal> {
        // 1 to 6, 8 and 10: three parts, each in strict base64url; a header with nothing that must be understood and is
        // not; a payload that is a JSON object. No JWE, and no token inside a token.
        let unverified = token::parse(token.reveal())?;
        signature.algorithm = Some(unverified.header.algorithm);
        // RFC 9068 §4, `iss`: exactly one of the setting's, before anybody is asked.
        let issuer = self.issuer_of(&unverified, settings).await?;
        // RFC 9068 §4, `typ` and `exp`, and whatever else needs no key.
        self.check_form(&unverified, settings)?;
        // 7, by RFC 7515 §5.2: the signature, with a key of this issuer and of no other.
        let key = self
            .providers
            .key(&issuer, settings, &unverified.header)
            .await?;
        let token_key = TokenKey::new(&settings.digest, token.reveal());
        signature.was_seen = self.verdicts.knows(token_key, key.thumbprint());
        if !signature.was_seen {
            token::check_signature(&key, &unverified)?;
            self.verdicts.remember(token_key, key.thumbprint());
        }
        Ok((issuer, unverified.claims))
    }

    /// The configured issuer that the token is from. AD FS writes another `iss` into its access tokens than its
    /// discovery document calls itself, and names it there as `access_token_issuer` (MS-OIDCE). Only the
    /// documents of configured issuers are asked, so a token cannot choose whose keys verify it.
    async fn issuer_of(
        &self,
        token: &UnverifiedToken<'_>,
        settings: &Settings,
    ) -> Result<Issuer, Refusal> {
        let unknown = match token::issuer_of(&token.claims, settings) {
            Err(refusal) if refusal.code() == Code::TokenIssuerUnknown => refusal,
            known => return known,
        };
        // With keys in the settings the provider is never asked, and a token that is refused anyway is not worth it.
        if settings.jwks.is_some() || self.check_form(token, settings).is_err() {
            return Err(unknown);
        }
        for setting in &settings.issuers {
            let IssuerSetting::Exact(issuer) = setting else {
                continue;
            };
            match self.providers.access_token_issuer(issuer, settings).await {
                Ok(Some(other))
                    if token
                        .claims
                        .get("iss")
                        .is_some_and(|iss| iss == other.as_str()) =>
                {
                    return Ok(issuer.clone());
                }
                // Whether the token is good cannot be known now: nobody should sign in again for that.
                Err(refusal) if refusal.code() == Code::IdentityProviderUnavailable => {
                    return Err(refusal);
                }
                Ok(_) | Err(_) => {}
            }
        }
        Err(unknown)
    }

    fn check_form(&self, token: &UnverifiedToken<'_>, settings: &Settings) -> Result<(), Refusal> {
        let media_type = token.header.media_type.as_deref();
        token::check_form(media_type, &token.claims, settings, self.environment.now())
    }

    async fn introspected(
        &self,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<(Issuer, Claims), Refusal> {
        let issuer = issuer_to_ask(token, settings)?;
        let claims = self.providers.introspect(&issuer, settings, token).await?;
        token::check_response(&claims, &issuer)?;
        Ok((issuer, claims))
    }

    async fn checked_by_userinfo(
        &self,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<(Issuer, Claims), Refusal> {
        let issuer = issuer_to_ask(token, settings)?;
        let claims = self
            .providers
            .userinfo(&issuer, settings, token, None)
            .await
            .map_err(|refusal| token::with_required_scopes(refusal, settings))?;
        token::check_response(&claims, &issuer)?;
        Ok((issuer, claims))
    }

    /// Adds the claims that decide and that the token lacks. What the token says itself is never replaced.
    async fn completed(
        &self,
        accepted: Accepted,
        token: &AccessToken,
        settings: &Settings,
    ) -> Result<Accepted, Refusal> {
        if !settings.userinfo
            || settings.token_validation == TokenValidation::Userinfo
            || !accepted.lacks_claims(settings)
        {
            return Ok(accepted);
        }
        // Without a subject nothing says that a response is about the same person.
        let subject = accepted.claims().get("sub");
        let Some(subject) = subject.and_then(|subject| subject.as_str()) else {
            return Ok(accepted);
        };
        let further = self
            .providers
            .userinfo(accepted.issuer(), settings, token, Some(subject))
            .await
            .map_err(|refusal| token::with_required_scopes(refusal, settings))?;
        Ok(accepted.completed_with(&further))
    }
}

/// `auto`: an opaque token is introspected where there is a secret or a key to do it with.
fn validation(token: &AccessToken, settings: &Settings) -> TokenValidation {
    let is_opaque = !UnverifiedToken::looks_like_one(token.reveal());
    let has_credentials = settings.client_secret.is_some() || settings.client_key.is_some();
    match settings.token_validation {
        TokenValidation::Auto if is_opaque && has_credentials => TokenValidation::Introspection,
        chosen => chosen,
    }
}

/// The issuer that the token names, or the sole issuer: a token is only ever sent to its own issuer. Something that
/// looks like a JWT but does not parse may still be an opaque token of the sole issuer.
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
