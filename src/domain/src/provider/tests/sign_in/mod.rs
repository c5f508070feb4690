//! What signing in asks of a provider.

use std::rc::Rc;

use serde_json::{Value, json};

use super::support::{ISSUER, providers};
use crate::environment::fake::{FakeEnvironment, ok, status};
use crate::provider::Providers;
use crate::settings::tests::valid;
use crate::settings::{Settings, SignIn};

mod metadata;

pub const DISCOVERY: &str = super::support::DISCOVERY;
pub const AUTHORIZATION: &str = "https://id.example.com/authorize";
pub const TOKEN: &str = "https://id.example.com/token";
pub const END_SESSION: &str = "https://id.example.com/logout";
pub const REVOCATION: &str = "https://id.example.com/revoke";

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
}
