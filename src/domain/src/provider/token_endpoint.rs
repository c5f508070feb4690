//! The token endpoint (RFC 6749 §3.2): codes are redeemed there, and sessions renewed.

use std::time::Duration;

use http::StatusCode;
use serde_json::Value;

use super::cause::Cause;
use super::client::Client;
use super::client_authentication::{Circumstances, Method, methods};
use super::document::{Document, is_web_page, media_type};
use super::encoded::{cannot_authenticate, completed};
use super::failure::Failure;
use super::sign_in_metadata::SignInMetadata;
use super::standing::Standing;
use super::token_failure::TokenFailure;
use crate::environment::{FetchResponse, TransportError};
use crate::error::{Code, Refusal};
use crate::events::ProviderFetch;
use crate::json::shown;
use crate::limits;
use crate::oauth::{
    Dialect, EndpointRequest, Grant, RawResponse, TokenError, TokenErrorCode, TokenRequest,
    TokenResponse,
};
use crate::settings::{ProviderKind, Settings, SignIn};

/// How this kind of provider writes.
pub(super) const fn dialect(kind: ProviderKind) -> Dialect {
    match kind {
        ProviderKind::Oidc => Dialect::Oidc,
        ProviderKind::OAuth2 => Dialect::OAuth2,
        ProviderKind::GitHub => Dialect::GitHub,
        ProviderKind::Feishu => Dialect::Feishu,
    }
}

/// The token endpoint of one provider, as one endpoint's settings use it.
pub(super) struct TokenEndpoint<'a> {
    pub(super) client: &'a Client,
    pub(super) standing: &'a Standing,
    pub(super) metadata: &'a SignInMetadata,
    pub(super) settings: &'a Settings,
    pub(super) sign_in: &'a SignIn,
}

/// What one request has brought that is the provider's or the settings' fault.
#[derive(Clone)]
struct Problem {
    failure: TokenFailure,
    /// The provider does not know the client by this proof, so it has not looked at the grant.
    is_unknown_client: bool,
}

/// What the provider says of the grant: tokens, or that it is good no longer.
type Verdict = Result<TokenResponse, Refusal>;

impl TokenEndpoint<'_> {
    /// The tokens for `grant`.
    pub(super) async fn tokens(&self, grant: Grant<'_>) -> Result<TokenResponse, TokenFailure> {
        let (method, verdict) = self.verdict(grant).await?;
        // RFC 6749 §5.2: who says something of the grant has taken the credentials.
        let now = self.client.environment().now();
        let digest = self.settings.digest;
        self.standing.note_accepted(digest, method, now);
        verdict.map_err(TokenFailure::Ended)
    }

    /// Finds out whether the provider refuses the client, with a `grant` that is good for nothing. RFC 6749 §4.1.3 has it
    /// authenticate the client before it looks at the code; one that looks at the code first refuses that.
    pub(super) async fn check_client(&self, grant: Grant<'_>) {
        if self.verdict(grant).await.is_ok() {
            self.standing.note_not_refused(self.settings.digest);
        }
    }

    /// What the provider says of `grant`, and to which proof. One request; a second one only where the provider has refused the client before it looked
    /// at the grant and there is another place for the secret. Within [`limits::PROVIDER_TOTAL`] in all.
    async fn verdict(&self, grant: Grant<'_>) -> Result<(Method, Verdict), TokenFailure> {
        let digest = self.settings.digest;
        let now = || self.client.environment().now();
        let started = now();
        let has_document = self.client.identity().has_document();
        let methods = methods(self.settings, self.metadata, has_document);
        // The refusal of the way that the metadata name is more telling than that of the other.
        let mut first = None;
        for method in self.standing.ordered(digest, methods) {
            let left = limits::PROVIDER_TOTAL.saturating_sub(now().since(started));
            match self.attempt(method, grant, left).await {
                Ok(verdict) => return Ok((method, verdict)),
                Err(problem) if problem.is_unknown_client => {
                    first.get_or_insert(problem.failure);
                }
                Err(problem) => {
                    first.get_or_insert(problem.failure);
                    break;
                }
            }
        }
        // There is always at least one method.
        let failure = first.unwrap_or_else(|| {
            let cause = Cause::of_transport(TransportError::Timeout);
            self.client.failure(Document::Token, cause).into()
        });
        if let TokenFailure::ClientRefused(refusal) = &failure {
            self.standing.note_refused(digest, refusal.clone());
        }
        Err(failure)
    }

    async fn attempt(
        &self,
        method: Method,
        grant: Grant<'_>,
        left: Duration,
    ) -> Result<Verdict, Problem> {
        let document = Document::Token;
        let work = async {
            let encoded = self.encode(method, grant)?;
            let endpoint = self.metadata.token_endpoint.clone();
            let request = self.client.request(document, endpoint);
            let request = completed(request, encoded);
            let response = self.client.send(document, request).await?;
            let raw = RawResponse {
                status: response.status,
                media_type: &media_type(&response),
                body: &response.body,
            };
            match TokenResponse::read(raw, dialect(self.settings.provider_kind)) {
                Ok(tokens) => Ok(Ok(tokens)),
                Err(error) => self.judge(&error, &response, method, grant),
            }
        };
        self.client
            .watch_within(document, left, work, describe)
            .await
    }

    fn encode(&self, method: Method, grant: Grant<'_>) -> Result<EndpointRequest, Refusal> {
        let mut random = [0; 32];
        let environment = self.client.environment();
        environment.fill_random(&mut random);
        let circumstances = Circumstances {
            issuer: &self.sign_in.issuer,
            endpoint: self.metadata.token_endpoint.as_str(),
            now: environment.now(),
            random: &random,
        };
        let request = TokenRequest {
            client_id: &self.sign_in.client_id,
            authentication: method.with(self.settings, circumstances)?,
            grant,
        };
        request
            .encode(dialect(self.settings.provider_kind))
            .map_err(cannot_authenticate)
    }

    /// Whose fault an error is. It is the person's, whose code or session is good no longer, only where the provider
    /// says so in a code of its own; every other error may be over in a minute.
    fn judge(
        &self,
        error: &TokenError,
        response: &FetchResponse,
        method: Method,
        grant: Grant<'_>,
    ) -> Result<Verdict, Problem> {
        let document = Document::Token;
        let failed = |cause| Err(self.client.failure(document, cause).into());
        let (code, description) = match error {
            TokenError::Reported {
                code, description, ..
            } => (code, description.as_deref()),
            TokenError::Unusable(why) => return failed(document.unreadable(response, why)),
            TokenError::Status(StatusCode::UNAUTHORIZED) if !is_web_page(response) => {
                return Err(self.client_refused(method, "401"));
            }
            TokenError::Status(_) => return failed(document.wrong_status(response)),
        };
        let shown_code = shown(&Value::from(code.as_str()));
        let said = description.filter(|text| !self.has_secret(text, grant));
        let said = said.map(|text| shown(&Value::from(text)));
        let add = |refusal: Refusal| match &said {
            Some(said) => refusal.with_log_detail(format!("It says {said}.")),
            None => refusal,
        };
        if error.is_client_refused() {
            let mut problem = self.client_refused(method, &shown_code);
            problem.is_unknown_client = *code == TokenErrorCode::InvalidClient;
            problem.failure = TokenFailure::ClientRefused(add(problem.failure.into()));
            return Err(problem);
        }
        if !error.is_temporary() {
            return Ok(Err(add(self.ended(&shown_code, grant))));
        }
        let found = format!("it answered with the error {shown_code}");
        let is_over_soon = response.status.is_server_error()
            || matches!(
                code,
                TokenErrorCode::ServerError
                    | TokenErrorCode::SlowDown
                    | TokenErrorCode::TemporarilyUnavailable
            );
        let cause = if is_over_soon {
            Cause::Unavailable { found }
        } else {
            Cause::invalid(found, REGISTRATION)
        };
        let refusal = add(self.client.failure(document, cause).into());
        Err(TokenFailure::of_provider(refusal).into())
    }

    /// Whether a text of the provider repeats something that no log may have.
    fn has_secret(&self, text: &str, grant: Grant<'_>) -> bool {
        let secret = self
            .settings
            .client_secret
            .as_ref()
            .map(|secret| secret.reveal());
        let (first, second) = match grant {
            Grant::AuthorizationCode { code, verifier, .. } => {
                (code.reveal(), Some(verifier.reveal()))
            }
            Grant::RefreshToken(token) => (token.reveal(), None),
        };
        let mut secrets = [secret, Some(first), second].into_iter().flatten();
        secrets.any(|secret| !secret.is_empty() && text.contains(secret))
    }

    fn client_refused(&self, method: Method, code: &str) -> Problem {
        let message = format!(
            "The identity provider `{}` refused the gateway's own credentials at its token endpoint ({code}). {} (client \
             `{}`).",
            self.sign_in.issuer,
            method.remedy(),
            self.sign_in.client_id
        );
        Problem {
            failure: TokenFailure::ClientRefused(Refusal::new(Code::ConfigurationError, message)),
            is_unknown_client: false,
        }
    }

    fn ended(&self, code: &str, grant: Grant<'_>) -> Refusal {
        let issuer = &self.sign_in.issuer;
        match grant {
            Grant::AuthorizationCode { .. } => Refusal::new(
                Code::SignInFailed,
                format!(
                    "The identity provider `{issuer}` did not take the code of this sign-in ({code}): it is used \
                     already, or too old. Sign in again."
                ),
            ),
            Grant::RefreshToken(_) => Refusal::new(
                Code::SessionEnded,
                format!(
                    "The identity provider `{issuer}` does not continue the session ({code}). Sign in again."
                ),
            ),
        }
    }
}

/// For an error that says that the request is not as the provider wants it.
const REGISTRATION: &str = "Compare how the client is registered at the provider: its redirect URI, its grant types \
                            (`authorization_code`, `refresh_token`) and its scopes.";

fn describe<'a>(verdict: &Verdict, fetch: ProviderFetch<'a>) -> ProviderFetch<'a> {
    match verdict {
        Ok(_) => fetch,
        Err(refusal) => fetch.with_outcome(refusal.code().as_str()),
    }
}

impl From<TokenFailure> for Problem {
    fn from(failure: TokenFailure) -> Self {
        Self {
            failure,
            is_unknown_client: false,
        }
    }
}

impl From<Failure> for Problem {
    fn from(failure: Failure) -> Self {
        TokenFailure::from(failure).into()
    }
}

impl From<Refusal> for Problem {
    fn from(refusal: Refusal) -> Self {
        TokenFailure::of_provider(refusal).into()
    }
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        problem.failure.into()
    }
}
