//! `POST /auth/logout`: ends the session here, and says where the browser ends the provider's own one (OpenID Connect
//! RP-Initiated Logout 1.0, RFC 7009).

use base64::Engine;
use base64::engine::general_purpose::URL_SAFE_NO_PAD;
use http::StatusCode;
use serde::Serialize;
use serde_json::Value;

use crate::error::Refusal;
use crate::events::Step;
use crate::json;
use crate::oauth::{EndSessionRequest, IdToken, RefreshToken, RevokedToken};
use crate::page::StaticPage;
use crate::request::Body;
use crate::response::Response;
use crate::session::{KeptToken, Session, SetCookie};
use crate::token;

use super::visit::Visit;
use super::{SignInOperations, head, logout_form, registered};

/// How the log names a logout after which the provider's own session goes on.
const ONLY_HERE: &str = "provider_session_goes_on";

#[derive(Serialize)]
struct Location<'a> {
    location: &'a str,
}

/// What the provider issued last.
#[derive(Default)]
struct Last {
    id_token: Option<IdToken>,
    refresh_token: Option<RefreshToken>,
}

impl SignInOperations {
    /// Ends the session that the page or the form names.
    ///
    /// # Errors
    /// Why there is no session, or the request is not the page's.
    pub(super) async fn logout(
        &self,
        visit: &Visit<'_>,
        page: StaticPage<'_>,
        body: &dyn Body,
    ) -> Result<Response, Refusal> {
        let is_form = logout_form::is_form(visit);
        let session = if is_form {
            logout_form::session(visit, body)?
        } else {
            visit.session_of_page()?
        };
        let location = self.end(visit, session).await;
        let response = if is_form {
            page.going_on(&location)
        } else {
            let body = json::text(&Location {
                location: &location,
            });
            Response::json(StatusCode::OK, body)
        };
        Ok(head::with_cookie(
            response,
            &SetCookie::no_session(&visit.names),
        ))
    }

    /// Ends `session`, and says where the browser goes then.
    async fn end(&self, visit: &Visit<'_>, session: Session) -> String {
        // First here, whatever the provider does.
        visit.memory.end(&session, &visit.sign_in.limits);
        // A provider may take a refresh token that a check has replaced for a stolen one.
        let session = self.checks.known(&session).unwrap_or(session);
        let last = self.last_tokens(visit, &session).await;
        self.revoke(visit, &session, last.refresh_token.as_ref())
            .await;
        let at_provider = self.at_provider(visit, last.id_token.as_ref()).await;
        let step = self
            .step(visit, Step::Logout)
            .of_user(Some(visit.log_name(&session)));
        self.write_step(match at_provider {
            Some(_) => step,
            None => step.with_outcome(ONLY_HERE),
        });
        at_provider.unwrap_or_else(|| visit.sign_in.public_url.at(registered::LOGGED_OUT))
    }

    /// One more refresh, for an ID token that the provider takes as a hint: the login's own is not kept.
    async fn last_tokens(&self, visit: &Visit<'_>, session: &Session) -> Last {
        let Some(KeptToken::Refresh(token)) = session.token() else {
            return Last::default();
        };
        let (settings, sign_in) = (visit.settings, visit.sign_in);
        let metadata = self.providers.sign_in_metadata(settings, sign_in).await;
        if !metadata.is_ok_and(|metadata| metadata.end_session_endpoint.is_some()) {
            return Last::default();
        }
        match self.providers.refresh(settings, sign_in, token).await {
            Ok(tokens) => Last {
                id_token: tokens.id_token,
                refresh_token: tokens.refresh_token,
            },
            Err(_) => Last::default(),
        }
    }

    /// RFC 7009. `newer` has replaced the token of the session.
    async fn revoke(&self, visit: &Visit<'_>, session: &Session, newer: Option<&RefreshToken>) {
        let token = match (newer, session.token()) {
            (Some(token), _) | (None, Some(KeptToken::Refresh(token))) => {
                RevokedToken::Refresh(token)
            }
            (None, Some(KeptToken::Access(token))) => RevokedToken::Access(token),
            (None, None) => return,
        };
        self.providers
            .revoke(visit.settings, visit.sign_in, token)
            .await;
    }

    /// Where the provider ends its own session; `None` where it has no place for that.
    async fn at_provider(&self, visit: &Visit<'_>, id_token: Option<&IdToken>) -> Option<String> {
        let hint = id_token.and_then(logout_hint);
        let random: [u8; 16] = self.environment.random_bytes();
        let request = EndSessionRequest {
            client_id: &visit.sign_in.client_id,
            id_token_hint: id_token,
            logout_hint: hint.as_deref(),
            post_logout_redirect_uri: &visit.sign_in.public_url.at(registered::LOGGED_OUT),
            state: Some(&URL_SAFE_NO_PAD.encode(random)),
        };
        let address = self
            .providers
            .end_session(visit.settings, visit.sign_in, &request)
            .await?;
        Some(address.into())
    }
}

/// The claim `login_hint`, with which some providers (Entra) know at once whose session is meant. The token came from the
/// provider over TLS, and nothing is decided by it (OpenID Connect Core §3.1.3.7, step 6).
fn logout_hint(id_token: &IdToken) -> Option<String> {
    let unverified = token::parse(id_token.reveal()).ok()?;
    let hint = unverified.claims.get("login_hint").and_then(Value::as_str);
    hint.map(str::to_owned)
}
