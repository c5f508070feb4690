//! The session: who signed in, and how long that counts.

use serde::{Deserialize, Serialize};

use super::encoding::{decode, encode};
use super::kept_token::Packed;
use super::keys::{Keys, Kind};
use super::person::cut;
use super::seal;
use super::{KeptToken, LoginMark, PageSecret, PageToken, Person, SessionId};
use crate::claims::Claims;
use crate::json;
use crate::limits;
use crate::oauth::NonceHash;
use crate::settings::UnmetEntries;
use crate::time::UnixTime;
use crate::token::{Caller, User};

/// What a finished login gives.
#[derive(Clone, Debug)]
pub struct Login {
    /// Who signed in.
    pub person: Person,
    /// The hash of the login's nonce, where the provider issues ID tokens.
    pub nonce: Option<NonceHash>,
    /// Which login it was.
    pub mark: LoginMark,
    /// `auth_time` of the ID token.
    pub auth_time: Option<UnixTime>,
    /// `iat` of the ID token.
    pub id_token_issued: Option<UnixTime>,
    /// What the checks are made with.
    pub token: Option<KeptToken>,
}

/// What a good check with the provider gives.
#[derive(Clone, Debug)]
pub struct Check {
    /// The person as the provider describes them now.
    pub person: Person,
    /// `auth_time` of a new ID token, where it is later.
    pub auth_time: Option<UnixTime>,
    /// The new token; none where the old one goes on.
    pub token: Option<KeptToken>,
}

/// What the session cookie holds. The issuer and the client are not in it: its keys are made from them.
#[derive(Clone, Debug)]
pub struct Session {
    pub(super) id: SessionId,
    pub(super) page_secret: PageSecret,
    pub(super) person: Person,
    pub(super) nonce: Option<NonceHash>,
    pub(super) mark: LoginMark,
    pub(super) auth_time: Option<UnixTime>,
    pub(super) id_token_issued: Option<UnixTime>,
    pub(super) issued: UnixTime,
    pub(super) used: UnixTime,
    pub(super) checked: UnixTime,
    /// When the last attempt at a check failed because the provider was out of reach.
    pub(super) unreachable: Option<UnixTime>,
    pub(super) token: Option<KeptToken>,
}

impl Session {
    /// The session of a login that ends now. `id` is drawn for it alone, and `page_secret` too unless the same person
    /// signs in again: then the other tabs go on.
    pub fn begin(login: Login, id: SessionId, page_secret: PageSecret, now: UnixTime) -> Self {
        Self {
            id,
            page_secret,
            person: tidy(login.person),
            nonce: login.nonce,
            mark: login.mark,
            auth_time: login.auth_time.map(whole),
            id_token_issued: login.id_token_issued.map(whole),
            issued: whole(now),
            used: whole(now),
            checked: whole(now),
            unreachable: None,
            token: login.token,
        }
    }

    /// The session in the cookie `text`, whether it still counts or not.
    pub fn open(text: &str, keys: &Keys) -> Option<Self> {
        let bytes = seal::open(keys, Kind::Session, 0, text)?;
        let content: Content = decode(&bytes)?;
        content.into_session(keys)
    }

    /// The session after a good check.
    pub fn checked(self, check: Check, now: UnixTime) -> Self {
        Self {
            person: tidy(check.person),
            auth_time: check.auth_time.map(whole).or(self.auth_time),
            checked: whole(now),
            unreachable: None,
            token: check.token.or(self.token),
            ..self
        }
    }

    /// The session after a refresh that had nothing to check with.
    pub fn renewed(self, now: UnixTime) -> Self {
        Self {
            checked: whole(now),
            ..self
        }
    }

    /// The session after an attempt at a check that did not reach the provider.
    pub fn unchecked(self, now: UnixTime) -> Self {
        Self {
            unreachable: Some(whole(now)),
            ..self
        }
    }

    /// The session after the person has used it.
    pub fn used(self, now: UnixTime) -> Self {
        Self {
            used: whole(now),
            ..self
        }
    }

    /// Its name.
    pub const fn id(&self) -> SessionId {
        self.id
    }

    /// What its page token is made from.
    pub const fn page_secret(&self) -> PageSecret {
        self.page_secret
    }

    /// Its page token.
    pub fn page_token(&self) -> PageToken {
        PageToken::of(&self.page_secret)
    }

    /// Who signed in.
    pub const fn person(&self) -> &Person {
        &self.person
    }

    /// The caller of the requests that come with it.
    pub fn caller(&self) -> Caller {
        self.person.caller.clone()
    }

    /// The hash of the login's nonce, which a refreshed ID token may repeat (OpenID Connect Core §12.2).
    pub const fn nonce(&self) -> Option<NonceHash> {
        self.nonce
    }

    /// Which login it comes from.
    pub const fn login_mark(&self) -> LoginMark {
        self.mark
    }

    /// When the person last gave their password, as far as the provider says it.
    pub const fn auth_time(&self) -> Option<UnixTime> {
        self.auth_time
    }

    /// `iat` of the login's ID token.
    pub const fn id_token_issued(&self) -> Option<UnixTime> {
        self.id_token_issued
    }

    /// When it began for the provider: `iat` of the login's ID token, else the end of the login.
    pub fn began(&self) -> UnixTime {
        self.id_token_issued.unwrap_or(self.issued)
    }

    /// When the last good check was.
    pub const fn last_check(&self) -> UnixTime {
        self.checked
    }

    /// What the next check is made with.
    pub const fn token(&self) -> Option<&KeptToken> {
        self.token.as_ref()
    }

    pub(super) fn encoded(&self) -> Option<Vec<u8>> {
        encode(&Content::of(self)?)
    }
}

/// The content as it is sealed. Times are seconds since 1970.
#[derive(Deserialize, Serialize)]
struct Content {
    id: SessionId,
    page_secret: PageSecret,
    user: String,
    name: Option<String>,
    is_admin: bool,
    unmet: UnmetEntries,
    is_service_account: bool,
    scopes: Vec<String>,
    /// A JSON object.
    claims: String,
    subject: String,
    provider_session: Option<String>,
    nonce: Option<[u8; 32]>,
    mark: LoginMark,
    auth_time: Option<u64>,
    id_token_issued: Option<u64>,
    issued: u64,
    used: u64,
    checked: u64,
    unreachable: Option<u64>,
    token: Option<Packed>,
}

impl Content {
    fn of(session: &Session) -> Option<Self> {
        let Person {
            caller,
            name,
            subject,
            provider_session,
        } = &session.person;
        Some(Self {
            id: session.id,
            page_secret: session.page_secret,
            user: caller.user.as_str().to_owned(),
            name: name.clone(),
            is_admin: caller.is_admin,
            unmet: caller.unmet,
            is_service_account: caller.is_service_account,
            scopes: caller.scopes.clone(),
            claims: serde_json::to_string(caller.claims.members()).ok()?,
            subject: subject.clone(),
            provider_session: provider_session.clone(),
            nonce: session.nonce.map(|nonce| *nonce.as_bytes()),
            mark: session.mark,
            auth_time: session.auth_time.map(UnixTime::as_secs),
            id_token_issued: session.id_token_issued.map(UnixTime::as_secs),
            issued: session.issued.as_secs(),
            used: session.used.as_secs(),
            checked: session.checked.as_secs(),
            unreachable: session.unreachable.map(UnixTime::as_secs),
            token: session.token.as_ref().map(KeptToken::packed),
        })
    }

    fn into_session(self, keys: &Keys) -> Option<Session> {
        let claims = json::parse_object(self.claims.as_bytes(), limits::CLAIMS_DEPTH).ok()?;
        let caller = Caller {
            user: User::parse("user_claim", &self.user).ok()?,
            issuer: keys.issuer().clone(),
            claims: Claims::new(claims),
            has_all_claims: false,
            scopes: self.scopes,
            is_admin: self.is_admin,
            unmet: self.unmet,
            is_service_account: self.is_service_account,
        };
        Some(Session {
            id: self.id,
            page_secret: self.page_secret,
            person: Person {
                caller,
                name: self.name,
                subject: self.subject,
                provider_session: self.provider_session,
            },
            nonce: self.nonce.map(NonceHash::from_bytes),
            mark: self.mark,
            auth_time: self.auth_time.map(UnixTime::from_secs),
            id_token_issued: self.id_token_issued.map(UnixTime::from_secs),
            issued: UnixTime::from_secs(self.issued),
            used: UnixTime::from_secs(self.used),
            checked: UnixTime::from_secs(self.checked),
            unreachable: self.unreachable.map(UnixTime::from_secs),
            token: self.token.map(Packed::unpacked),
        })
    }
}

/// The cookie has whole seconds, so the session has them from the beginning.
const fn whole(time: UnixTime) -> UnixTime {
    UnixTime::from_secs(time.as_secs())
}

fn tidy(person: Person) -> Person {
    let name = person.name.as_deref().map(cut);
    Person {
        name: name.filter(|name| !name.trim().is_empty()),
        ..person
    }
}
