//! Redeems a code and makes a session of what comes back (OpenID Connect Core §3.1.3).

use std::rc::Rc;

use super::lookup::Login;
use super::redemption::{self, Redeemed};
use crate::error::{Code, Refusal};
use crate::events::{Event, Events, SignInStep, Step};
use crate::gateway::sign_in::people::People;
use crate::gateway::sign_in::visit::Visit;
use crate::gateway::sign_in::{SignInOperations, login_scopes};
use crate::oauth::{AuthorizationCode, NonceHash, TokenResponse};
use crate::provider::TokenFailure;
use crate::relay::UserKey;
use crate::session::{
    self, CookieNames, KeptToken, Keys, LoginMark, Memory, PageSecret, SealedSession, Session,
    SessionId, TokenFate,
};
use crate::settings::ProviderKind;

/// A redemption. It is done once for all requests that wait for it and goes on where the first of them is gone, so it
/// owns what it needs.
pub(super) struct Work {
    people: People,
    events: Rc<Events>,
    memory: Rc<Memory>,
    keys: Rc<Keys>,
    names: CookieNames,
    login: Login,
    code: AuthorizationCode,
    redirect_uri: String,
    /// The session that the browser had.
    earlier: Option<Session>,
    request_id: String,
    endpoint: String,
}

impl SignInOperations {
    pub(super) fn work(&self, visit: &Visit<'_>, login: Login, code: AuthorizationCode) -> Work {
        Work {
            people: self.people(visit),
            events: Rc::clone(&self.events),
            memory: Rc::clone(&visit.memory),
            keys: Rc::clone(&visit.keys),
            names: visit.names.clone(),
            login,
            code,
            redirect_uri: visit.redirect_uri(),
            earlier: visit.session(),
            request_id: visit.request.id.clone(),
            endpoint: visit.request.endpoint.clone(),
        }
    }
}

impl Work {
    /// The session, or why there is none.
    pub(super) async fn run(self) -> Redeemed {
        let transaction = &self.login.transaction;
        // The result of an earlier one may have been forgotten while this one waited for something else.
        if self
            .memory
            .is_used(transaction, self.people.environment.now())
        {
            return Err(super::used_login());
        }
        let redeemed = self.redeemed().await.map(Rc::new);
        // The provider has looked at the code, so it is worth nothing any more. Where nobody could ask it the browser may
        // come again with the same one.
        if !redemption::is_temporary(&redeemed) {
            self.memory.use_up(&self.login.transaction);
        }
        self.write(&redeemed);
        redeemed
    }

    async fn redeemed(&self) -> Result<SealedSession, Refusal> {
        let People {
            providers,
            settings,
            sign_in,
            ..
        } = &self.people;
        let transaction = &self.login.transaction;
        let metadata = providers.sign_in_metadata(settings, sign_in).await?;
        // RFC 6749 §4.1.3, RFC 7636 §4.5.
        let verifier = transaction.verifier();
        let tokens = providers
            .redeem(settings, sign_in, &self.code, &verifier, &self.redirect_uri)
            .await
            .map_err(for_the_person)?;
        let nonce = NonceHash::of(&transaction.nonce());
        let scopes = login_scopes::scopes(settings, sign_in, &metadata);
        let found = self.people.at_login(&tokens, nonce, &scopes).await?;
        let is_openid = settings.provider_kind == ProviderKind::Oidc;
        let login = session::Login {
            nonce: is_openid.then_some(nonce),
            mark: LoginMark::of(transaction.state(self.login.slot).as_str()),
            auth_time: found.auth_time,
            id_token_issued: found.id_token_issued,
            token: kept_token(settings.provider_kind, &tokens),
            person: found.person,
        };
        self.begun(login)
    }

    /// A session with an id of its own, so that nobody can have fixed it beforehand.
    fn begun(&self, login: session::Login) -> Result<SealedSession, Refusal> {
        let environment = &self.people.environment;
        let same = self.earlier.as_ref();
        let same = same.filter(|earlier| earlier.person().is(&login.person));
        let secret = same.map_or_else(
            || PageSecret::new(environment.random_bytes()),
            Session::page_secret,
        );
        let id = SessionId::new(environment.random_bytes());
        let session = Session::begin(login, id, secret, environment.now());
        session.seal(&self.keys, &self.names, &environment.random_bytes())
    }

    fn write(&self, redeemed: &Redeemed) {
        let People {
            settings, sign_in, ..
        } = &self.people;
        let issuer = sign_in.issuer.as_str();
        let step = SignInStep::new(Step::Login, &self.request_id, &self.endpoint, issuer);
        let step = match redeemed {
            Ok(sealed) => {
                self.memory.note_token(sealed.token_fate());
                let user = &sealed.session().person().caller.user;
                step.of_user(Some(UserKey::new(settings, user).log_name()))
                    .with_detail(about_token(sealed.token_fate()))
            }
            Err(refusal) => step.failed(refusal),
        };
        self.events.write(&Event::SignInStep(step));
    }
}

/// What the administrator should know of the token that the checks are made with.
fn about_token(fate: TokenFate) -> Option<String> {
    match fate {
        TokenFate::Kept => None,
        TokenFate::LeftOut { length } => Some(format!(
            "refresh token not kept: {length} bytes; the session ends after an hour"
        )),
        TokenFate::Missing => {
            Some("no refresh token came; the session ends after an hour".to_owned())
        }
    }
}

/// The token that the next check is made with.
fn kept_token(kind: ProviderKind, tokens: &TokenResponse) -> Option<KeptToken> {
    match kind {
        ProviderKind::Oidc => tokens.refresh_token.clone().map(KeptToken::Refresh),
        ProviderKind::Feishu | ProviderKind::GitHub | ProviderKind::OAuth2 => {
            Some(KeptToken::Access(tokens.access_token.clone()))
        }
    }
}

/// A person can do nothing about a client that the provider does not accept. What is wrong with it is for the log.
fn for_the_person(failure: TokenFailure) -> Refusal {
    let TokenFailure::ClientRefused(refusal) = failure else {
        return failure.into();
    };
    let message = "The identity provider does not accept this application, so nobody can sign in at the moment. Tell the \
                   administrator: `/health` says what is wrong.";
    let said = refusal.log_detail().unwrap_or_default();
    let detail = format!("{} {said}", refusal.message());
    Refusal::new(Code::ConfigurationError, message).with_log_detail(detail.trim())
}
