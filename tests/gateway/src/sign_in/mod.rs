//! An endpoint at which people sign in with their browser.

mod scripted;

use harness::browser::{Hop, Kind, Load, Page};
use harness::{Browser, HOOK_ID, IdentityProvider, Issuer};
use http::Method;
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

pub use scripted::{AuthorizationRequest, ScriptedStage};

use crate::Stage;

pub use harness::web_client::{WEB_CLIENT, WEB_SECRET, metadata as client, settings};

/// The discovery document of the test's issuer.
pub const DISCOVERY: &str = "/.well-known/openid-configuration";

/// A person who has signed in.
#[derive(Clone, Debug)]
pub struct SignedIn {
    /// The page that the tab shows.
    pub page: Page,
    /// The page token.
    pub token: String,
}

/// Settings or claims with these members in place of their own.
pub fn merged(mut settings: Value, changes: &Value) -> Value {
    for (name, value) in changes.as_object().unwrap() {
        settings[name] = value.clone();
    }
    settings
}

/// Claims with these members in place of their own; null removes one.
pub fn changed(claims: Value, changes: &Value) -> Value {
    let mut claims = merged(claims, changes);
    let members = claims.as_object_mut().unwrap();
    members.retain(|_, value| !value.is_null());
    claims
}

impl Stage {
    /// In front of `app`, with the real `oidc-provider` and sign-in turned on.
    pub async fn with_sign_in(app: AppKind, changes: &Value) -> Self {
        let provider = async { Issuer::IdentityProvider(IdentityProvider::start().await.unwrap()) };
        let (stage, _) = Self::shared(provider, app).await;
        let url = stage.public_url();
        stage.identity_provider().register_page(&url).await.unwrap();
        stage.set_sign_in(changes);
        stage
    }

    /// Turns sign-in on with these further settings.
    pub fn set_sign_in(&self, changes: &Value) {
        self.set_settings(&merged(settings(&self.public_url()), changes));
    }

    /// The address of the endpoint in a browser: another site than the issuer, which is at 127.0.0.1.
    pub fn public_url(&self) -> String {
        self.public_url_of(HOOK_ID)
    }

    /// The same for another endpoint.
    pub fn public_url_of(&self, hook_id: &str) -> String {
        match &self.front {
            Some(front) => format!("{front}/e/{hook_id}"),
            None => self
                .stack
                .daemon
                .url_of(hook_id)
                .replace("127.0.0.1", "localhost"),
        }
    }

    /// The address of a path below the endpoint.
    pub fn at(&self, path: &str) -> String {
        format!("{}{path}", self.public_url())
    }

    /// A person opens the page, signs in at the real `oidc-provider`, and is back.
    pub async fn sign_in(&self, browser: &Browser, user: &str) -> SignedIn {
        let page = self.log_in(browser, "/auth/login", user).await;
        signed_in(page)
    }

    /// A person opens a login address, signs in at the real `oidc-provider`, and sees what there is to see.
    pub async fn log_in(&self, browser: &Browser, path: &str, user: &str) -> Page {
        let password = self.identity_provider().password();
        let page = browser.sign_in(&self.at(path), user, password).await;
        page.unwrap()
    }

    /// How often the token endpoint of the real `oidc-provider` was asked.
    pub async fn token_requests(&self) -> u64 {
        let requests = self.identity_provider().requests().await.unwrap();
        requests.get("/token").copied().unwrap_or(0)
    }
}

impl SignedIn {
    /// What a script of the page asks with `fetch`.
    pub async fn fetch(&self, browser: &Browser, method: Method, path: &str, body: &Value) -> Hop {
        browser
            .load(self.request(method, path, body))
            .await
            .unwrap()
    }

    /// The same, to be changed before it is sent.
    pub fn request(&self, method: Method, path: &str, body: &Value) -> Load {
        self.request_without_token(method, path, body)
            .with("x-gateway-page", &self.token)
    }

    /// What a script asks that has not got the page token.
    pub fn request_without_token(&self, method: Method, path: &str, body: &Value) -> Load {
        let url = Url::parse(&format!("{}{path}", self.base())).unwrap();
        let load = Load::get(Kind::Fetch, url, Some(self.page.url()));
        if body.is_null() {
            return Load { method, ..load };
        }
        load.sending(method, "application/json", body.to_string())
    }

    /// `GET /auth/session`.
    pub async fn session(&self, browser: &Browser) -> Hop {
        self.fetch(browser, Method::GET, "/auth/session", &Value::Null)
            .await
    }

    /// `POST /auth/refresh`, as the page asks at each check.
    pub async fn refresh(&self, browser: &Browser) -> Hop {
        let body = json!({"active": true});
        self.fetch(browser, Method::POST, "/auth/refresh", &body)
            .await
    }

    /// `POST /auth/logout`.
    pub async fn log_out(&self, browser: &Browser) -> Hop {
        self.fetch(browser, Method::POST, "/auth/logout", &json!({}))
            .await
    }

    /// A chat message, as the page sends it.
    pub async fn chat(&self, browser: &Browser, query: &str) -> Hop {
        let body = json!({"query": query, "inputs": {}, "response_mode": "blocking"});
        self.fetch(browser, Method::POST, "/chat-messages", &body)
            .await
    }

    /// `public_url`, as the page is told.
    pub fn base(&self) -> String {
        self.page.shown.meta("gateway-base").unwrap()
    }
}

/// What a page that has a page token stands for.
pub fn signed_in(page: Page) -> SignedIn {
    let token = page.shown.meta("gateway-page");
    let token = token.unwrap_or_else(|| {
        panic!(
            "nobody is signed in:\n{}\n{}",
            page.trail(),
            page.shown.text()
        )
    });
    SignedIn { page, token }
}

/// Status and code of a refusal.
pub fn refusal(hop: &Hop) -> (u16, String) {
    let code = hop.json()["code"].as_str().unwrap_or_default().to_owned();
    (hop.status.as_u16(), code)
}

/// Opens the endpoint's page again, as a reload or another tab does.
pub async fn reopened(browser: &Browser, person: &SignedIn) -> Page {
    browser.open(&format!("{}/", person.base())).await.unwrap()
}
