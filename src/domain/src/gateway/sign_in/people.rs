//! Who the tokens of a login, or of a check, belong to, and what that person may do. The settings decide it by the same
//! code as for a bearer token.

use std::rc::Rc;

use serde_json::Value;

use crate::claims::{ClaimPath, Claims};
use crate::environment::Environment;
use crate::error::{Code, Refusal};
use crate::gateway::declared_inputs::DeclaredInputsCache;
use crate::jose::Header;
use crate::oauth::{AccessToken, IdToken, NonceHash, TokenResponse};
use crate::provider::{PersonFailure, Providers};
use crate::rewrite;
use crate::session::{Person, Session};
use crate::settings::{InputClaims, ProviderKind, Settings, SignIn};
use crate::time::UnixTime;
use crate::token::id_token::{self, LoginExpectation, RefreshExpectation};
use crate::token::{self, Accepted, Caller};

/// The claims that a person's name is shown by, the best first.
const NAMES: [&str; 4] = ["name", "preferred_username", "login", "email"];

/// Who somebody is, and what the session must know of the tokens that say so.
#[derive(Clone, Debug)]
pub(super) struct Found {
    pub person: Person,
    /// `auth_time` of the ID token.
    pub auth_time: Option<UnixTime>,
    /// `iat` of the ID token.
    pub id_token_issued: Option<UnixTime>,
    /// Whether `auth_time` is earlier than the login's, which belongs in the log.
    pub has_earlier_auth_time: bool,
}

/// What the provider says, and whether it has said all that was wanted.
struct Completed {
    accepted: Accepted,
    is_whole: bool,
}

/// Why nobody can say whether a session goes on, or who signs in.
#[derive(Clone, Debug)]
pub(super) enum Problem {
    /// The person, or the tokens: another attempt brings nothing else.
    Final(Refusal),
    /// The provider or the settings; it may be over soon.
    Temporary(Refusal),
}

impl From<Problem> for Refusal {
    fn from(problem: Problem) -> Self {
        match problem {
            Problem::Final(refusal) | Problem::Temporary(refusal) => refusal,
        }
    }
}

/// Finds out who somebody is.
#[derive(Clone)]
pub(super) struct People {
    pub environment: Rc<dyn Environment>,
    pub providers: Rc<Providers>,
    pub declared_inputs: Rc<DeclaredInputsCache>,
    pub settings: Rc<Settings>,
    pub sign_in: Rc<SignIn>,
}

impl People {
    /// Who has just signed in. `scopes` are those that were asked for.
    ///
    /// # Errors
    /// 400 `sign_in_failed` for an ID token that is not good, the policy's own code with 403, 503 where the provider or
    /// the settings are in the way.
    pub async fn at_login(
        &self,
        tokens: &TokenResponse,
        nonce: NonceHash,
        scopes: &[String],
    ) -> Result<Found, Refusal> {
        // RFC 6749 §5.1: without `scope` the granted scopes are those that were asked for.
        let scopes = tokens.scopes.as_deref().unwrap_or(scopes);
        let completed = if self.has_id_tokens() {
            let accepted = self.accept_login(tokens, nonce, scopes).await;
            let accepted = accepted.map_err(in_words_of_a_login)?;
            self.completed(accepted, tokens).await
        } else {
            self.by_access_token(&tokens.access_token, None, scopes)
                .await
        };
        let completed = completed.map_err(|problem| in_words_of_a_login(problem.into()))?;
        let found = self.judged(completed, None).await;
        found.map_err(in_words_of_a_login)
    }

    /// Who the person of `session` is now, by the tokens of a refresh. `None` where these say nothing new and the settings
    /// need nothing new to decide.
    ///
    /// # Errors
    /// [`Problem::Final`] where the session has ended.
    pub async fn at_refresh(
        &self,
        tokens: &TokenResponse,
        session: &Session,
    ) -> Result<Option<Found>, Problem> {
        let person = session.person();
        let scopes = tokens.scopes.as_deref().unwrap_or(&person.caller.scopes);
        let mut has_earlier_auth_time = false;
        let completed = match &tokens.id_token {
            Some(id_token) => {
                let refreshed = self
                    .accept_refresh(id_token, tokens, session, scopes)
                    .await?;
                has_earlier_auth_time = refreshed.has_earlier_auth_time;
                self.completed(refreshed.accepted, tokens).await?
            }
            // Without an ID token the old claims hold, except those that decide what the person may do.
            None if !self.has_rules() => return Ok(None),
            None if !self.has_userinfo().await? => {
                self.check_known(&Claims::default(), person)?;
                return Ok(None);
            }
            None => {
                let subject = Some(person.subject.as_str());
                let token = &tokens.access_token;
                let said = self.by_access_token(token, subject, scopes).await?;
                self.check_known(said.accepted.claims(), person)?;
                // The ID token of the login may have had more.
                Completed {
                    is_whole: false,
                    ..said
                }
            }
        };
        let found = self
            .judged(completed, Some(person))
            .await
            .map_err(Problem::Final)?;
        Ok(Some(Found {
            has_earlier_auth_time,
            ..found
        }))
    }

    /// Who the person of `session` is now, by the access token that it keeps.
    ///
    /// # Errors
    /// [`Problem::Final`] where the session has ended.
    pub async fn at_check(&self, token: &AccessToken, session: &Session) -> Result<Found, Problem> {
        let person = session.person();
        let completed = self
            .by_access_token(token, None, &person.caller.scopes)
            .await?;
        self.judged(completed, Some(person))
            .await
            .map_err(Problem::Final)
    }

    /// Ends the session where a claim that decided what `person` may do is not known any more. A new login brings it, and
    /// where the provider need not ask anything the page begins one by itself.
    fn check_known(&self, claims: &Claims, person: &Person) -> Result<(), Problem> {
        let unknown = token::unknown_now(claims, &self.settings, &person.caller);
        unknown.map_or(Ok(()), |path| Err(Problem::Final(unknown_claim(path))))
    }

    fn has_id_tokens(&self) -> bool {
        matches!(self.settings.provider_kind, ProviderKind::Oidc)
    }

    /// Whether the provider can be asked about a person without an ID token.
    async fn has_userinfo(&self) -> Result<bool, Problem> {
        let metadata = self
            .providers
            .sign_in_metadata(&self.settings, &self.sign_in)
            .await;
        let metadata = metadata.map_err(Problem::Temporary)?;
        Ok(metadata.userinfo_endpoint.is_some())
    }

    /// Whether the settings decide by claims whether and as what the person may go on.
    fn has_rules(&self) -> bool {
        self.settings.rules().any(|rules| !rules.is_empty())
    }

    /// The claims of an ID token with a good signature. A signature that cannot be checked now says nothing about the
    /// person.
    async fn verified(&self, id_token: &IdToken) -> Result<(Header, Claims), Problem> {
        let unverified = token::parse(id_token.reveal()).map_err(Problem::Final)?;
        let key = self
            .providers
            .key(&self.sign_in.issuer, &self.settings, &unverified.header)
            .await
            .map_err(Problem::Temporary)?;
        token::check_signature(&key, &unverified).map_err(Problem::Final)?;
        Ok((unverified.header, unverified.claims))
    }

    async fn accept_login(
        &self,
        tokens: &TokenResponse,
        nonce: NonceHash,
        scopes: &[String],
    ) -> Result<Accepted, Refusal> {
        let id_token = tokens.id_token.as_ref().ok_or_else(no_id_token)?;
        let (header, claims) = self.verified(id_token).await?;
        let expected = LoginExpectation {
            issuer: &self.sign_in.issuer,
            client_id: &self.sign_in.client_id,
            nonce,
            access_token: &tokens.access_token,
            scopes,
            now: self.environment.now(),
        };
        id_token::accept_login(&header, claims, &self.settings, &expected)
    }

    async fn accept_refresh(
        &self,
        id_token: &IdToken,
        tokens: &TokenResponse,
        session: &Session,
        scopes: &[String],
    ) -> Result<id_token::Refreshed, Problem> {
        let (header, claims) = self.verified(id_token).await?;
        let expected = RefreshExpectation {
            issuer: &self.sign_in.issuer,
            client_id: &self.sign_in.client_id,
            subject: &session.person().subject,
            // A session of a provider with ID tokens always has one; the hash of nothing is nobody's.
            nonce: session.nonce().unwrap_or_else(|| NonceHash::of("")),
            auth_time: session.auth_time(),
            access_token: &tokens.access_token,
            scopes,
            now: self.environment.now(),
        };
        id_token::accept_refresh(&header, claims, &self.settings, &expected).map_err(Problem::Final)
    }

    /// Who an access token of our own belongs to, where no ID token says it.
    async fn by_access_token(
        &self,
        token: &AccessToken,
        subject: Option<&str>,
        scopes: &[String],
    ) -> Result<Completed, Problem> {
        let claims = self
            .providers
            .person(&self.settings, &self.sign_in, token, subject)
            .await?;
        let issuer = &self.sign_in.issuer;
        let accepted = id_token::accept_userinfo(claims, issuer, &self.settings, scopes);
        Ok(Completed {
            accepted: accepted.map_err(Problem::Final)?,
            is_whole: true,
        })
    }

    /// Adds what the userinfo endpoint knows: the claims that a rule or `user_claim` names, which must be had, and those of
    /// inputs and of the name, which need not. What the ID token says itself is never replaced.
    async fn completed(
        &self,
        accepted: Accepted,
        tokens: &TokenResponse,
    ) -> Result<Completed, Problem> {
        let must = accepted.lacks_claims(&self.settings);
        let claims = accepted.claims();
        let may = || async { display_name(claims).is_none() || self.lacks_inputs(claims).await };
        let subject = claims.get("sub").and_then(Value::as_str).map(str::to_owned);
        let (Some(subject), true) = (subject, must || may().await) else {
            return Ok(Completed {
                accepted,
                is_whole: true,
            });
        };
        let token = &tokens.access_token;
        let further = self
            .providers
            .person(&self.settings, &self.sign_in, token, Some(&subject))
            .await;
        match further {
            Ok(further) => Ok(Completed {
                accepted: accepted.completed_with(&further),
                is_whole: true,
            }),
            Err(failure) if must => Err(failure.into()),
            Err(_) => Ok(Completed {
                accepted,
                is_whole: false,
            }),
        }
    }

    /// Whether claims are missing that inputs could be made of.
    async fn lacks_inputs(&self, claims: &Claims) -> bool {
        let setting = &self.settings.input_claims;
        let declared = self.declared().await;
        rewrite::lacks_claims_for_inputs(claims, setting, declared.as_deref())
    }

    /// Decides as for a bearer token. `earlier` is what the session says of the person so far: it holds for what nobody
    /// has said now.
    async fn judged(
        &self,
        Completed { accepted, is_whole }: Completed,
        earlier: Option<&Person>,
    ) -> Result<Found, Refusal> {
        let auth_time = id_token::auth_time(accepted.claims())?;
        let caller = match earlier {
            Some(earlier) if !is_whole => {
                token::judge_again(accepted, &self.settings, &earlier.caller)?
            }
            Some(_) | None => token::judge(accepted, &self.settings)?,
        };
        let claims = &caller.claims;
        let text = |name: &str| claims.get(name).and_then(Value::as_str).map(str::to_owned);
        let inputs = self.inputs(claims).await;
        let earlier_inputs = earlier.map(|person| &person.caller.claims);
        let inputs = match (inputs, earlier_inputs) {
            (Some(inputs), Some(earlier)) if !is_whole => inputs.completed_with(earlier),
            (Some(inputs), _) => inputs,
            (None, earlier) => earlier.cloned().unwrap_or_default(),
        };
        let name = display_name(claims);
        let person = Person {
            name: name.or_else(|| earlier.and_then(|person| person.name.clone())),
            subject: text("sub").unwrap_or_else(|| caller.user.as_str().to_owned()),
            provider_session: text("sid")
                .or_else(|| earlier.and_then(|person| person.provider_session.clone())),
            caller: Caller {
                claims: inputs,
                has_all_claims: false,
                ..caller.clone()
            },
        };
        if earlier.is_some_and(|earlier| !earlier.is(&person)) {
            return Err(other_person());
        }
        Ok(Found {
            auth_time,
            id_token_issued: issued_at(claims),
            has_earlier_auth_time: false,
            person,
        })
    }

    /// The claims that inputs are made of; `None` where nobody can say now which those are.
    async fn inputs(&self, claims: &Claims) -> Option<Claims> {
        let setting = &self.settings.input_claims;
        let declared = self.declared().await;
        if declared.is_none() && matches!(setting, InputClaims::Declared) {
            return None;
        }
        Some(rewrite::claims_for_inputs(
            claims,
            setting,
            declared.as_deref(),
        ))
    }

    /// What the app declares, where the settings ask for that. Nobody is kept out because Dify does not say: without a
    /// declaration the next check adds the claims.
    async fn declared(&self) -> Option<Rc<rewrite::DeclaredInputs>> {
        if !matches!(self.settings.input_claims, InputClaims::Declared) {
            return None;
        }
        self.declared_inputs.of(&self.settings).await.ok().flatten()
    }
}

impl From<PersonFailure> for Problem {
    fn from(failure: PersonFailure) -> Self {
        match failure {
            PersonFailure::Ended(refusal) => Self::Final(refusal),
            PersonFailure::Temporary(refusal) | PersonFailure::Unusable(refusal) => {
                Self::Temporary(refusal)
            }
        }
    }
}

fn display_name(claims: &Claims) -> Option<String> {
    let names = NAMES.iter().filter_map(|name| claims.get(name)?.as_str());
    names
        .map(str::trim)
        .find(|name| !name.is_empty())
        .map(str::to_owned)
}

/// `iat`, which was found to be a date before.
fn issued_at(claims: &Claims) -> Option<UnixTime> {
    let seconds = claims.get("iat")?.as_f64()?;
    Some(UnixTime::from_millis((seconds * 1000.0) as u64))
}

/// Who the person is for Dify decides whose conversations these are, so it does not change within a session.
fn other_person() -> Refusal {
    Refusal::new(
        Code::SessionEnded,
        "The session has ended because the identity provider describes you as another user than before. Sign in again.",
    )
}

/// As where the hours of a session are over: the person need not have done anything wrong.
fn unknown_claim(path: &ClaimPath) -> Refusal {
    let detail = format!(
        "at the check the provider sent no ID token, and its userinfo has no `{}`",
        path.as_str()
    );
    Refusal::new(
        Code::SessionExpired,
        "The session is over because the identity provider did not say again what decides who may use this app. Sign in \
         again.",
    )
    .with_log_detail(detail)
}

fn no_id_token() -> Refusal {
    Refusal::new(
        Code::SignInFailed,
        "The sign-in failed because the identity provider sent no ID token. The administrator of this endpoint must have \
         `openid` in `login_scopes`, or choose another `provider_kind`.",
    )
}

/// A person who signs in has no token to change, so what is wrong with one is said of the sign-in, with a status that
/// asks for no token either.
fn in_words_of_a_login(refusal: Refusal) -> Refusal {
    if refusal.code().status() != http::StatusCode::UNAUTHORIZED {
        return refusal;
    }
    let message = format!(
        "The sign-in failed because what the identity provider has issued is not good. {}",
        refusal.message()
    );
    let detail = refusal
        .log_detail()
        .unwrap_or_else(|| refusal.code().as_str());
    Refusal::new(Code::SignInFailed, message).with_log_detail(detail)
}
