//! `POST /auth/backchannel-logout`: the provider says that a person has signed out there (OpenID Connect Back-Channel
//! Logout 1.0 §2.5 to §2.8). The request comes from the provider's server and carries no cookie; its token is its proof.

use std::time::Duration;

use http::header::CACHE_CONTROL;
use http::{HeaderValue, StatusCode};

use crate::error::{Code, Refusal};
use crate::events::Step;
use crate::limits;
use crate::oauth::{LogoutExpectation, LogoutTarget, LogoutToken};
use crate::request::Body;
use crate::response::Response;
use crate::session::LogoutMark;
use crate::settings::ProviderKind;
use crate::token;

use super::visit::Visit;
use super::{SignInOperations, small_body};

impl SignInOperations {
    /// Ends the sessions that a logout token names.
    ///
    /// # Errors
    /// 400 `bad_request` for a token that is not good; 503 where that cannot be found out.
    pub(super) async fn back_channel_logout(
        &self,
        visit: &Visit<'_>,
        body: &dyn Body,
    ) -> Result<Response, Refusal> {
        let step = self.step(visit, Step::BackChannelLogout);
        match self.noted(visit, body).await {
            Ok(by) => {
                self.write_step(step.with_detail(Some(by.to_owned())));
                // §2.8: "200 OK", and "Cache-Control: no-store".
                let mut response = Response::empty(StatusCode::OK);
                let no_store = HeaderValue::from_static("no-store");
                response.headers.insert(CACHE_CONTROL, no_store);
                Ok(response)
            }
            Err(refusal) => {
                self.write_step(step.failed(&refusal));
                Err(refusal)
            }
        }
    }

    /// Notes the logout, and says by what it names the sessions.
    async fn noted(&self, visit: &Visit<'_>, body: &dyn Body) -> Result<&'static str, Refusal> {
        // §2.5: "using the HTTP POST method", with the parameter `logout_token`.
        let form = small_body::read(body, limits::LOGOUT_TOKEN_BODY)?;
        let text = small_body::form_value(&form, "logout_token")?;
        let text = text.ok_or_else(|| refused("the form has no `logout_token`"))?;
        let token = self.judged_token(visit, &text).await?;
        let (mark, by) = match &token.target {
            LogoutTarget::Session {
                session_id,
                subject,
            } => (
                LogoutMark::Session {
                    sid: session_id,
                    subject: subject.as_deref(),
                },
                "by `sid`",
            ),
            LogoutTarget::Person(subject) => (
                LogoutMark::Person {
                    subject,
                    issued: token.issued_at,
                },
                "by `sub`",
            ),
        };
        // §2.6, step 8: "verify that another Logout Token with the same jti value has not been recently received".
        let limits = &visit.sign_in.limits;
        if !visit
            .memory
            .note_logout(&token.jti, &mark, visit.now, limits)
        {
            return Err(refused("its `jti` was received before"));
        }
        Ok(by)
    }

    /// §2.6, steps 1 to 7.
    async fn judged_token(&self, visit: &Visit<'_>, text: &str) -> Result<LogoutToken, Refusal> {
        if visit.settings.provider_kind != ProviderKind::Oidc {
            return Err(refused("only providers with OpenID Connect send any"));
        }
        // 1 and 2: "If the Logout Token is encrypted, decrypt it"; the gateway has no key for that, and refuses it.
        let unverified = token::parse(text).map_err(as_bad_request)?;
        // 3. "Validate the Logout Token signature in the same way that an ID Token signature is validated".
        let issuer = &visit.sign_in.issuer;
        let key = self
            .providers
            .key(issuer, visit.settings, &unverified.header)
            .await;
        let key = key.map_err(as_bad_request)?;
        token::check_signature(&key, &unverified).map_err(as_bad_request)?;
        let expected = LogoutExpectation {
            issuer,
            client_id: &visit.sign_in.client_id,
            now: visit.now,
            clock_skew: Duration::from_secs(visit.settings.clock_skew.into()),
        };
        let media_type = unverified.header.media_type.as_deref();
        LogoutToken::judge(media_type, &unverified.claims, &expected)
            .map_err(|problem| refused(&problem.to_string()))
    }
}

/// A logout token is no credential, so what is wrong with it asks for none. That the provider's keys cannot be had is no
/// fault of the token.
fn as_bad_request(refusal: Refusal) -> Refusal {
    if refusal.code().status().is_server_error() {
        return refusal;
    }
    refused(refusal.message()).with_log_detail(refusal.code().as_str())
}

fn refused(why: &str) -> Refusal {
    let message = format!("The logout token is not accepted, and no session has ended: {why}");
    let message = format!("{}.", message.trim_end_matches('.'));
    Refusal::new(Code::BadRequest, message)
}
