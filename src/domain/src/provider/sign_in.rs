//! What signing in asks of an identity provider: addresses, tokens, who the person is, and the end of it.

use std::rc::Rc;

use super::Providers;
use super::known_provider::KnownProvider;
use super::person::{self, PersonFailure, Question};
use super::revocation::RevocationEndpoint;
use super::sign_in_metadata::SignInMetadata;
use super::standing::ClientStatus;
use super::token_endpoint::TokenEndpoint;
use super::token_failure::TokenFailure;
use crate::claims::Claims;
use crate::error::{Code, Refusal};
use crate::limits;
use crate::oauth::{
    AccessToken, AuthorizationCode, CodeVerifier, EndSession, EndSessionRequest, Grant,
    RefreshToken, RevokedToken, TokenResponse,
};
use crate::settings::{Settings, SignIn};
use crate::single_flight::Waiters;
use url::Url;

/// The code that is redeemed in vain. The provider's log may show it, and then says where it is from.
const CHECK_CODE: &str = "health-check-of-the-oidc-gateway";

impl Providers {
    /// Where people sign in, and what the provider says of it. Fetched now where nothing usable is known.
    ///
    /// # Errors
    /// 503 where the discovery document cannot be had, or says something of this that nobody may follow.
    pub async fn sign_in_metadata(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
    ) -> Result<Rc<SignInMetadata>, Refusal> {
        let provider = self.provider(&sign_in.issuer, settings);
        let cache = provider.metadata();
        let snapshot = cache.current(Some(&self.waiters)).await;
        let snapshot = snapshot.map_err(|failure| cache.refusal(&failure))?;
        snapshot.value.sign_in.clone()
    }

    /// The tokens for the code of a callback (RFC 6749 §4.1.3). Asks once; whoever calls this twice redeems twice.
    ///
    /// # Errors
    /// Whose fault it is that there are none.
    pub async fn redeem(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
        code: &AuthorizationCode,
        verifier: &CodeVerifier,
        redirect_uri: &str,
    ) -> Result<TokenResponse, TokenFailure> {
        let grant = Grant::AuthorizationCode {
            code,
            redirect_uri,
            verifier,
        };
        self.tokens(settings, sign_in, grant, &self.redemptions)
            .await
    }

    /// New tokens for a refresh token (RFC 6749 §6). Asks once; whoever calls this twice uses the token twice.
    ///
    /// # Errors
    /// Whose fault it is that there are none.
    pub async fn refresh(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
        token: &RefreshToken,
    ) -> Result<TokenResponse, TokenFailure> {
        let grant = Grant::RefreshToken(token);
        self.tokens(settings, sign_in, grant, &self.refreshes).await
    }

    async fn tokens(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
        grant: Grant<'_>,
        places: &Waiters,
    ) -> Result<TokenResponse, TokenFailure> {
        let Some(_place) = places.enter() else {
            return Err(TokenFailure::Busy(busy()));
        };
        let metadata = self.sign_in_metadata(settings, sign_in).await;
        let metadata = metadata.map_err(TokenFailure::of_provider)?;
        let provider = self.provider(&sign_in.issuer, settings);
        let endpoint = token_endpoint(&provider, &metadata, settings, sign_in);
        endpoint.tokens(grant).await
    }

    /// Asks the provider what it makes of the gateway's own credentials, where nothing good is known of that; twice a
    /// minute at most. [`Self::client_status`] then has what came of it. It asks with a code that no provider has issued.
    pub async fn check_client(&self, settings: &Settings, sign_in: &SignIn, redirect_uri: &str) {
        let provider = self.provider(&sign_in.issuer, settings);
        let now = self.environment.now();
        if !provider.standing().begin_check(settings.digest, now) {
            return;
        }
        let Some(_place) = self.health_waiters.enter() else {
            return;
        };
        let Ok(metadata) = self.sign_in_metadata(settings, sign_in).await else {
            return;
        };
        let mut random = [0; 32];
        self.environment.fill_random(&mut random);
        let grant = Grant::AuthorizationCode {
            code: &AuthorizationCode::new(CHECK_CODE.to_owned()),
            redirect_uri,
            verifier: &CodeVerifier::from_random(&random),
        };
        let endpoint = token_endpoint(&provider, &metadata, settings, sign_in);
        endpoint.check_client(grant).await;
    }

    /// What the provider says of the person whose token this is; of `subject`, where that is known from an ID token.
    /// Nothing is remembered of it.
    ///
    /// # Errors
    /// Whose fault it is that nobody can say.
    pub async fn person(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
        token: &AccessToken,
        subject: Option<&str>,
    ) -> Result<Claims, PersonFailure> {
        let metadata = self.sign_in_metadata(settings, sign_in).await;
        let metadata = metadata.map_err(PersonFailure::of_provider)?;
        let endpoint = metadata.userinfo_endpoint.clone();
        let endpoint = endpoint.ok_or_else(|| PersonFailure::Unusable(no_userinfo(sign_in)))?;
        let provider = self.provider(&sign_in.issuer, settings);
        let question = Question::new(settings, endpoint, token.clone());
        person::claims(provider.client(), question, subject).await
    }

    /// Has the provider forget `token`, if it has a place for that. Takes two seconds at most; only the log has what
    /// came of it.
    pub async fn revoke(&self, settings: &Settings, sign_in: &SignIn, token: RevokedToken<'_>) {
        let Ok(metadata) = self.sign_in_metadata(settings, sign_in).await else {
            return;
        };
        let provider = self.provider(&sign_in.issuer, settings);
        let endpoint = RevocationEndpoint {
            client: provider.client(),
            standing: provider.standing(),
            metadata: &metadata,
            settings,
            sign_in,
        };
        endpoint.revoke(token).await;
    }

    /// Where the browser ends the provider's own session; `None` where the provider has no place for that or cannot be
    /// asked, so that only the gateway's session ends.
    pub async fn end_session(
        &self,
        settings: &Settings,
        sign_in: &SignIn,
        request: &EndSessionRequest<'_>,
    ) -> Option<Url> {
        let metadata = self.sign_in_metadata(settings, sign_in).await.ok()?;
        let endpoint = metadata.end_session_endpoint.as_ref();
        let authorization = &metadata.authorization_endpoint;
        let end_session = EndSession::of(&sign_in.issuer, endpoint, authorization)?;
        Some(end_session.address(request))
    }

    /// What the provider last said about the gateway's own credentials. Asks nobody.
    pub fn client_status(&self, settings: &Settings, sign_in: &SignIn) -> ClientStatus {
        let provider = self.provider(&sign_in.issuer, settings);
        let now = self.environment.now();
        provider.standing().status(settings.digest, now)
    }
}

fn token_endpoint<'a>(
    provider: &'a KnownProvider,
    metadata: &'a SignInMetadata,
    settings: &'a Settings,
    sign_in: &'a SignIn,
) -> TokenEndpoint<'a> {
    TokenEndpoint {
        client: provider.client(),
        standing: provider.standing(),
        metadata,
        settings,
        sign_in,
    }
}

fn busy() -> Refusal {
    let message = "As many sign-ins and renewals wait for the identity provider as may. Try again in 5 seconds.";
    Refusal::new(Code::Busy, message).with_retry_after(limits::PROVIDER_TOTAL)
}

fn no_userinfo(sign_in: &SignIn) -> Refusal {
    let message = format!(
        "The identity provider `{}` has no userinfo endpoint, so the claims that a rule or `user_claim` names and its ID \
         token lacks cannot be had. Have it put them into the ID token, or write `userinfo` into `provider_endpoints`.",
        sign_in.issuer
    );
    Refusal::new(Code::ConfigurationError, message)
}
