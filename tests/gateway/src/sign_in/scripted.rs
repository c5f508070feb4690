//! Sign-in at an issuer that a test plays itself: which code, which ID token, which refresh token it answers.

use std::collections::BTreeMap;
use std::sync::Arc;

use harness::browser::{Hop, Kind, Load, Page};
use harness::{Algorithm, Browser, CannedResponse, Issuer, TestIssuer};
use serde_json::{Value, json};
use stand_in_dify::AppKind;
use url::Url;

use super::{DISCOVERY, SignedIn, merged, signed_in};
use crate::{Clock, Stage};

/// The client ID of the tokens of the test's issuer.
const CLIENT: &str = "dify-web";

/// A stage whose issuer is the test, and whose plugin has a clock that the test moves.
pub struct ScriptedStage {
    /// The stage.
    pub stage: Stage,
    /// The plugin's clock.
    pub clock: Arc<Clock>,
}

/// What the gateway asks of the authorization endpoint.
#[derive(Clone, Debug)]
pub struct AuthorizationRequest {
    /// The answer that has sent the browser there.
    pub hop: Hop,
    /// Every parameter.
    pub parameters: BTreeMap<String, String>,
}

impl AuthorizationRequest {
    /// What the answer of a login redirects to.
    pub fn of(hop: Hop) -> Self {
        let location = hop.location();
        let location =
            location.unwrap_or_else(|| panic!("no redirect: {} {}", hop.status, hop.text()));
        let parameters = location.query_pairs().into_owned().collect();
        Self { hop, parameters }
    }

    /// A parameter that must be there.
    pub fn parameter(&self, name: &str) -> &str {
        let value = self.parameters.get(name);
        value.unwrap_or_else(|| panic!("no {name} in {:?}", self.parameters))
    }

    /// The address to which the provider sends the browser, with this code.
    pub fn callback(&self, code: &str) -> String {
        self.callback_with(&[("code", code), ("state", self.parameter("state"))])
    }

    /// The same with these parameters.
    pub fn callback_with(&self, parameters: &[(&str, &str)]) -> String {
        let mut url = Url::parse(self.parameter("redirect_uri")).unwrap();
        url.query_pairs_mut().extend_pairs(parameters);
        url.into()
    }
}

impl ScriptedStage {
    /// In front of a chat app, with these further settings.
    pub async fn new(changes: &Value) -> Self {
        Self::of(AppKind::Chat, changes).await
    }

    /// In front of `app`.
    pub async fn of(app: AppKind, changes: &Value) -> Self {
        let issuer = async { Issuer::Test(TestIssuer::start().await.unwrap()) };
        let (stage, clock) = Stage::shared(issuer, app).await;
        let scripted = Self { stage, clock };
        scripted.set_metadata(&json!({}));
        scripted.set(changes);
        scripted
    }

    /// Turns sign-in on with these further settings.
    pub fn set(&self, changes: &Value) {
        let changes = merged(json!({"client_id": CLIENT}), changes);
        self.stage.set_sign_in(&changes);
    }

    /// The test's issuer.
    pub fn issuer(&self) -> &TestIssuer {
        self.stage.issuer()
    }

    /// Changes the discovery document; null removes a member.
    pub fn set_metadata(&self, changes: &Value) {
        let at = |path: &str| format!("{}{path}", self.issuer().issuer());
        let ours =
            json!({"end_session_endpoint": at("/logout"), "revocation_endpoint": at("/revoke")});
        let mut document = merged(merged(self.issuer().discovery(), &ours), changes);
        document
            .as_object_mut()
            .unwrap()
            .retain(|_, value| !value.is_null());
        self.issuer()
            .set_answer(DISCOVERY, CannedResponse::json(&document));
        self.issuer()
            .set_answer("/revoke", CannedResponse::new(200, ""));
    }

    /// Loads a login address as a tab does, and stops at the provider.
    pub async fn start(&self, browser: &Browser, path: &str) -> AuthorizationRequest {
        let url = Url::parse(&self.stage.at(path)).unwrap();
        let hop = browser.load(Load::get(Kind::Document, url, None)).await;
        AuthorizationRequest::of(hop.unwrap())
    }

    /// The claims of a good ID token for this login.
    pub fn id_claims(&self, request: &AuthorizationRequest, subject: &str) -> Value {
        json!({
            "iss": self.issuer().issuer(),
            "aud": CLIENT,
            "sub": subject,
            "iat": self.clock.now(),
            "exp": self.clock.now() + 3600,
            "auth_time": self.clock.now(),
            "nonce": request.parameter("nonce"),
            "sid": format!("sid-{subject}"),
            "name": subject,
        })
    }

    /// An ID token, signed.
    pub fn id_token(&self, claims: &Value) -> String {
        let keys = self.issuer().keys();
        let header = json!({"alg": "ES256", "typ": "JWT", "kid": keys.key_id(Algorithm::Es256)});
        keys.sign(Algorithm::Es256, &header.to_string(), &claims.to_string())
    }

    /// A token answer with this ID token.
    pub fn tokens(&self, claims: &Value, refresh_token: &str) -> Value {
        json!({
            "access_token": format!("access-of-{refresh_token}"),
            "token_type": "Bearer",
            "expires_in": 3600,
            "refresh_token": refresh_token,
            "id_token": self.id_token(claims),
        })
    }

    /// What the token endpoint answers from now on.
    pub fn set_tokens(&self, answer: &Value) {
        self.issuer()
            .set_answer("/token", CannedResponse::json(answer));
    }

    /// The provider sends the browser back.
    pub async fn come_back(&self, browser: &Browser, callback: &str) -> Page {
        browser.go(self.coming_back(callback)).await.unwrap()
    }

    /// The request with which the browser comes back, to be changed before it is sent.
    pub fn coming_back(&self, callback: &str) -> Load {
        let provider = Url::parse(self.issuer().issuer()).unwrap();
        Load::get(
            Kind::Document,
            Url::parse(callback).unwrap(),
            Some(&provider),
        )
    }

    /// A whole sign-in.
    pub async fn sign_in(&self, browser: &Browser, user: &str) -> SignedIn {
        let request = self.start(browser, "/auth/login").await;
        let claims = self.id_claims(&request, user);
        self.set_tokens(&self.tokens(&claims, &format!("refresh-{user}")));
        let page = self.come_back(browser, &request.callback("a-code")).await;
        signed_in(page)
    }

    /// How often the token endpoint was asked.
    pub fn token_requests(&self) -> usize {
        self.issuer().requests("/token")
    }
}
