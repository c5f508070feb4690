//! The plugin between an issuer and a stand-in Dify.

use std::sync::Arc;
use std::time::Duration;

use harness::{Algorithm, HOOK_ID, IdentityProvider, Issuer, Stack, StackOptions, TestIssuer};
use http::Method;
use reqwest::RequestBuilder;
use serde_json::Value;
use stand_in_daemon::Hook;
use stand_in_dify::{AppKind, Control, Options, SeenRequest, StandIn};

use crate::pool::Lease;
use crate::{Clock, WholeResponse};

/// Longer than anything here takes; a hanging answer fails its test instead of holding it up for ever.
const PATIENCE: Duration = Duration::from_secs(60);

/// A running plugin with everything around it.
pub struct Stage {
    /// Dify's app API.
    pub dify: StandIn,
    /// The plugin in the stand-in daemon.
    pub stack: Stack,
    /// Where browsers reach the daemon, such as `http://localhost:8080`, if something stands before it.
    pub front: Option<String>,
    client: reqwest::Client,
    /// Where the plugin goes back to.
    _lease: Option<Lease>,
}

impl Stage {
    /// In front of `app`, with an issuer that does what a test wants, and with a plugin that other tests use before and
    /// after.
    pub async fn of(app: AppKind) -> Self {
        let issuer = async { Issuer::Test(TestIssuer::start().await.unwrap()) };
        let (stage, _) = Self::shared(issuer, app).await;
        stage
    }

    /// In front of `app`, with a plugin that no other test has used, and with changed options.
    pub async fn with(app: AppKind, change: impl FnOnce(&mut StackOptions)) -> Self {
        let issuer = TestIssuer::start().await.unwrap();
        Self::between(Issuer::Test(issuer), app, change).await
    }

    /// In front of `app`, with the real `oidc-provider`.
    pub async fn with_identity_provider(app: AppKind) -> Self {
        let provider = IdentityProvider::start().await.unwrap();
        Self::between(Issuer::IdentityProvider(provider), app, |_| {}).await
    }

    /// In front of `app`, with this issuer, and with changed options.
    pub async fn between(
        issuer: Issuer,
        app: AppKind,
        change: impl FnOnce(&mut StackOptions),
    ) -> Self {
        Self::before(many_connections(), issuer, app, change).await
    }

    /// In front of `app` of a Dify with these options, with this issuer, and with changed options.
    pub async fn before(
        dify: Options,
        issuer: Issuer,
        app: AppKind,
        change: impl FnOnce(&mut StackOptions),
    ) -> Self {
        let dify = StandIn::start(dify).unwrap();
        let mut options = StackOptions::new(issuer, dify.base_url(), app.key());
        change(&mut options);
        let stack = Stack::start(options).await.unwrap();
        Self::of_stack(dify, stack, None)
    }

    /// In front of `app`, with this issuer, and with a plugin that other tests use before and after. The clock is the
    /// plugin's. The plugin comes first, so that the pool lasts while the issuer makes its keys.
    pub async fn shared(issuer: impl Future<Output = Issuer>, app: AppKind) -> (Self, Arc<Clock>) {
        let lease = Lease::take().await;
        let dify = StandIn::start(many_connections()).unwrap();
        let options = StackOptions::new(issuer.await, dify.base_url(), app.key());
        let clock = lease.clock();
        let stack = Stack::in_daemon(lease.daemon(), options);
        (Self::of_stack(dify, stack, Some(lease)), clock)
    }

    fn of_stack(dify: StandIn, stack: Stack, lease: Option<Lease>) -> Self {
        Self {
            dify,
            stack,
            front: None,
            client: harness::http_client(),
            _lease: lease,
        }
    }

    /// The test's issuer.
    pub fn issuer(&self) -> &TestIssuer {
        match &self.stack.issuer {
            Issuer::Test(issuer) => issuer,
            _ => panic!("the stage has another issuer"),
        }
    }

    /// The real identity provider.
    pub fn identity_provider(&self) -> &IdentityProvider {
        match &self.stack.issuer {
            Issuer::IdentityProvider(provider) => provider,
            _ => panic!("the stage has another issuer"),
        }
    }

    /// A good token of the test's issuer.
    pub fn token(&self, user: &str) -> String {
        let issuer = self.issuer();
        issuer.token(Algorithm::Es256, &issuer.claims(user))
    }

    /// Changes the endpoint's settings; null removes one. What is not named is as it was at the start.
    pub fn set_settings(&self, changes: &Value) {
        self.set_settings_of(HOOK_ID, changes);
    }

    /// Gives another endpoint the settings of the first one with these changes.
    pub fn set_settings_of(&self, hook_id: &str, changes: &Value) {
        let mut settings = self.stack.settings().clone();
        let members = settings.as_object_mut().unwrap();
        members.extend(changes.as_object().unwrap().clone());
        members.retain(|_, value| !value.is_null());
        self.stack.daemon.set_settings(hook_id, settings);
    }

    /// What the test may ask and change in Dify.
    pub fn control(&self) -> Control {
        self.dify.control()
    }

    /// A request of nobody.
    pub fn request(&self, method: Method, path: &str) -> RequestBuilder {
        self.request_at(HOOK_ID, method, path)
    }

    /// A request of nobody to another endpoint.
    pub fn request_at(&self, hook_id: &str, method: Method, path: &str) -> RequestBuilder {
        let url = format!("{}{path}", self.stack.daemon.url_of(hook_id));
        self.client.request(method, url).timeout(PATIENCE)
    }

    /// `GET` with a token.
    pub async fn get(&self, token: &str, path: &str) -> WholeResponse {
        WholeResponse::of(self.request(Method::GET, path).bearer_auth(token)).await
    }

    /// `POST` of JSON with a token.
    pub async fn post(&self, token: &str, path: &str, body: &Value) -> WholeResponse {
        let request = self.request(Method::POST, path).bearer_auth(token);
        WholeResponse::of(request.json(body)).await
    }

    /// No request has harmed the plugin: its process is the first one, and its module has not trapped.
    pub fn assert_unharmed(&self) {
        let daemon = &self.stack.daemon;
        assert_eq!(daemon.restarts(), 0);
        for line in daemon.log_lines() {
            let is_harm =
                line.text.contains("The module trapped") || line.text.contains("has no response");
            assert!(!is_harm, "{}", line.text);
        }
    }

    /// The first line of the log with this `event`. The host gathers lines for a moment, so they come after the answer.
    pub async fn logged(&self, event: &str) -> Value {
        let marker = format!("\"event\":\"{event}\"");
        for _ in 0..100 {
            let lines = self.stack.daemon.log_lines();
            if let Some(line) = lines.iter().find(|line| line.text.contains(&marker)) {
                let json = line.text.find('{').and_then(|start| line.text.get(start..));
                return serde_json::from_str(json.unwrap_or_default()).expect("a line of JSON");
            }
            tokio::time::sleep(Duration::from_millis(100)).await;
        }
        panic!("no {event} in {:?}", self.stack.daemon.log_lines());
    }

    /// What Dify has seen since it was last asked; the gateway's own question for the app's inputs is left out.
    pub fn seen(&self) -> Vec<SeenRequest> {
        let control = self.control();
        let mut requests = control.requests();
        control.forget_requests();
        requests.retain(|request| request.path != "/v1/parameters");
        requests
    }
}

/// What Dify would lose without a word fails the test that has caused it.
impl Drop for Stage {
    fn drop(&mut self) {
        if !std::thread::panicking() {
            let lost = self.stack.daemon.lost_headers();
            assert_eq!(lost, 0, "headers of the plugin were lost");
        }
    }
}

/// A further endpoint, without settings yet; no two numbers below 26 make the same one.
pub fn further_endpoint(number: u8) -> Hook {
    let letter = char::from(b'a' + number);
    Hook {
        id: format!("bcdefghijklmnop{letter}"),
        endpoint_id: format!("6f1d2c3b-0000-4000-8000-1000000000{number:02}"),
        settings: Value::Null,
    }
}

/// The tests' own connections to the plugin are no more than one user's; Dify's limit is not their subject.
pub fn many_connections() -> Options {
    Options {
        worker_connections: 100,
        ..Options::default()
    }
}
