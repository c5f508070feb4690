//! An endpoint, its keys and its people.

use std::rc::Rc;
use std::time::Duration;

use serde_json::{Value, json};

use crate::claims::Claims;
use crate::issuer::Issuer;
use crate::oauth::{NonceHash, RefreshToken};
use crate::session::keys::KeyMaterial;
use crate::session::{
    CookieNames, KeptToken, Keys, Login, LoginMark, PageSecret, Person, Session, SessionId,
};
use crate::settings::{PublicUrl, SessionLimits, Settings, SignIn, UnmetEntries};
use crate::time::UnixTime;
use crate::token::{Caller, User};

pub(super) const NOW: UnixTime = UnixTime::from_secs(1_767_225_600);
pub(super) const HOOK: &str = "b3xyz81kq0a7mnop";
pub(super) const NONCE: [u8; 24] = [7; 24];

pub(super) const LIMITS: SessionLimits = SessionLimits {
    lifetime: Duration::from_secs(12 * 60 * 60),
    idle: Duration::from_secs(2 * 60 * 60),
    check: Duration::from_secs(15 * 60),
};

/// On a host that other plugins share.
pub(super) const SHARED: &str = "https://dify.example/e/b3xyz81kq0a7mnop";
/// On a host of its own.
pub(super) const OWN: &str = "https://chat.example";
/// On the machine of a developer.
pub(super) const LOCAL: &str = "http://localhost:5003/e/b3xyz81kq0a7mnop";

/// The settings of an endpoint at `public_url`, with `changes`.
pub(super) fn settings(public_url: &str, changes: Value) -> Settings {
    let mut all = json!({
        "app_key": "app-0123456789abcdefghij",
        "client_id": "gateway",
        "client_secret": "client-secret-0123456789",
        "dify_api_url": "https://dify.example/v1",
        "issuer": "https://id.example",
        "public_url": public_url,
        "sign_in": "on",
    });
    for (name, value) in changes.as_object().unwrap() {
        all[name] = value.clone();
    }
    Settings::parse(&all.to_string()).unwrap()
}

pub(super) fn sign_in(public_url: &str) -> Rc<SignIn> {
    settings(public_url, json!({})).sign_in.unwrap()
}

pub(super) fn public_url(text: &str) -> PublicUrl {
    sign_in(text).public_url.clone()
}

pub(super) fn names() -> CookieNames {
    CookieNames::new(&public_url(SHARED), HOOK)
}

pub(super) fn keys() -> Keys {
    let settings = settings(SHARED, json!({}));
    Keys::new(&settings, settings.sign_in.as_ref().unwrap(), "endpoint-1")
}

/// Keys of the same endpoint, apart from `change`.
pub(super) fn other_keys(change: impl FnOnce(&mut KeyMaterial<'static>)) -> Keys {
    let mut material = KeyMaterial {
        app_key: "app-0123456789abcdefghij",
        client_secret: b"client-secret-0123456789",
        endpoint: "endpoint-1",
        issuer: Box::leak(Box::new(Issuer::new("https://id.example"))),
        client_id: "gateway",
        public_url: SHARED,
        policy_digest: &[1; 32],
    };
    change(&mut material);
    Keys::derive(&material)
}

pub(super) fn person(subject: &str) -> Person {
    Person {
        caller: Caller {
            user: User::parse("sub", subject).unwrap(),
            issuer: Issuer::new("https://id.example"),
            claims: Claims::new(
                json!({"department": "physics"})
                    .as_object()
                    .unwrap()
                    .clone(),
            ),
            scopes: vec!["openid".to_owned(), "email".to_owned()],
            has_all_claims: false,
            is_admin: false,
            unmet: UnmetEntries::default(),
            is_service_account: false,
        },
        name: Some(format!("{subject} Example")),
        subject: subject.to_owned(),
        provider_session: Some(format!("sid-{subject}")),
    }
}

pub(super) fn login(subject: &str) -> Login {
    Login {
        person: person(subject),
        nonce: Some(NonceHash::of("nonce")),
        mark: LoginMark::of("0state"),
        auth_time: Some(UnixTime::from_secs(1_767_225_000)),
        id_token_issued: Some(NOW),
        token: Some(refresh_token("refresh-token")),
    }
}

pub(super) fn refresh_token(text: &str) -> KeptToken {
    KeptToken::Refresh(RefreshToken::new(text.to_owned()))
}

/// A session of `subject`; `number` tells its id and its page secret from others.
pub(super) fn session(subject: &str, number: u8) -> Session {
    let (id, secret) = (SessionId::new([number; 16]), PageSecret::new([number; 16]));
    Session::begin(login(subject), id, secret, NOW)
}
