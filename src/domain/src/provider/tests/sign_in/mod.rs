//! What signing in asks of a provider.

use std::rc::Rc;

use serde_json::{Value, json};

use super::support::{ISSUER, providers};
use crate::environment::fake::{FakeEnvironment, ok, status};
use crate::oauth::{AccessToken, AuthorizationCode, CodeVerifier, RefreshToken, TokenResponse};
use crate::provider::{Providers, TokenFailure};
use crate::settings::tests::valid;
use crate::settings::{Settings, SignIn};

mod metadata;
mod person;
mod revocation;
mod token_endpoint;

pub const DISCOVERY: &str = super::support::DISCOVERY;
pub const AUTHORIZATION: &str = "https://id.example.com/authorize";
pub const TOKEN: &str = "https://id.example.com/token";
pub const END_SESSION: &str = "https://id.example.com/logout";
pub const REVOCATION: &str = "https://id.example.com/revoke";
pub const REDIRECT_URI: &str = "https://chat.example.com/auth/callback";

/// Settings with sign-in at [`ISSUER`], and with `more` members.
pub fn settings(more: &Value) -> Settings {
    let mut members = json!({
        "issuer": ISSUER,
        "client_id": "\"chat app\"",
        "client_secret": "s:cret/+ä",
        "log_level": "debug",
        "sign_in": "on",
        "public_url": "https://chat.example.com",
    });
    for (name, value) in more.as_object().unwrap() {
        members[name] = value.clone();
    }
    valid(&members)
}

/// The part about signing in.
pub fn sign_in(settings: &Settings) -> Rc<SignIn> {
    Rc::clone(settings.sign_in.as_ref().unwrap())
}

/// A discovery document with everything for signing in, and `more` members.
pub fn document(more: &str) -> String {
    super::support::document(&format!(
        r#","authorization_endpoint":"{AUTHORIZATION}","token_endpoint":"{TOKEN}","end_session_endpoint":"{END_SESSION}","revocation_endpoint":"{REVOCATION}"{more}"#
    ))
}

/// A stage with providers that anything can be asked of.
pub struct Stage {
    pub environment: Rc<FakeEnvironment>,
    pub providers: Providers,
    pub settings: Settings,
}

impl Stage {
    /// With the discovery document `document`.
    pub fn new(settings: Settings, document: String) -> Self {
        let environment = FakeEnvironment::new();
        environment.answer(DISCOVERY, ok(document));
        environment.answer(super::support::KEYS, status(500));
        let providers = providers(&environment);
        Self {
            environment,
            providers,
            settings,
        }
    }

    pub fn redeem(&self) -> Result<TokenResponse, TokenFailure> {
        self.environment.run(self.providers.redeem(
            &self.settings,
            &sign_in(&self.settings),
            &AuthorizationCode::new("c/de".to_owned()),
            &CodeVerifier::new("verifier-of-the-login".to_owned()),
            REDIRECT_URI,
        ))
    }

    pub fn refresh(&self) -> Result<TokenResponse, TokenFailure> {
        self.environment.run(self.providers.refresh(
            &self.settings,
            &sign_in(&self.settings),
            &RefreshToken::new("refresh+token".to_owned()),
        ))
    }

    /// The bodies that `url` was sent, in order.
    pub fn bodies(&self, url: &str) -> Vec<String> {
        let exchanges = self.environment.exchanges();
        let sent = exchanges
            .into_iter()
            .filter(|exchange| exchange.url.as_str() == url);
        sent.map(|exchange| String::from_utf8(exchange.body).unwrap())
            .collect()
    }

    /// The lines of the log about `document`.
    pub fn lines(&self, document: &str) -> Vec<String> {
        let lines = self.environment.lines().into_iter().map(|(_, line)| line);
        let mark = format!(r#""document":"{document}""#);
        lines.filter(|line| line.contains(&mark)).collect()
    }
}

pub fn access_token() -> AccessToken {
    AccessToken::new("access-token".to_owned())
}
