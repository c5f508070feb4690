//! The sign-in as a browser and an identity provider see it. The numbers H… of a test's rows are those of the acceptance
//! tests of the design.

mod browser;
mod callback;
mod guides;
mod login;
mod logout;
mod oauth2;
mod policy;
mod provider;
mod refresh;

use std::cell::Cell;
use std::collections::{BTreeMap, HashMap};
use std::rc::Rc;
use std::time::Duration;

use http::HeaderMap;
use serde_json::{Value, json};
use url::Url;

use crate::environment::fake::{FakeEnvironment, ok};
use crate::error::Code;
use crate::gateway::{Gateway, Outcome};
use crate::request::Request;
use crate::response::Response;
use crate::session::{Keys, Session};
use crate::settings::Settings;
use browser::{Browser, location, method_of};
use provider::{FakeProvider, ISSUER, merged};

const ORIGIN: &str = "https://dify.example";
const BASE_PATH: &str = "/e/abcdefghijklmnop";
const BASE: &str = "https://dify.example/e/abcdefghijklmnop";
const HOOK: &str = "abcdefghijklmnop";
const ENDPOINT: &str = "e1";
const PARAMETERS: &str = "https://api.example/v1/parameters";

const MINUTE: Duration = Duration::from_secs(60);
const HOUR: Duration = Duration::from_secs(60 * 60);

/// A gateway whose people sign in at a fake provider.
struct Fixture {
    environment: Rc<FakeEnvironment>,
    provider: FakeProvider,
    gateway: Gateway,
    settings: Value,
    requests: Cell<u32>,
}

/// An authorization request, as the provider gets it.
struct Authorization {
    address: Url,
    parameters: HashMap<String, String>,
}

impl Fixture {
    fn new(changes: &Value) -> Self {
        Self::at(changes, &json!({}))
    }

    /// With `settings` and the provider's `document` changed; null removes.
    fn at(settings: &Value, document: &Value) -> Self {
        let environment = FakeEnvironment::new();
        let base = json!({
            "sign_in": "on",
            "public_url": BASE,
            "issuer": ISSUER,
            "client_id": "app",
            "client_secret": "secret-of-the-client",
            "dify_api_url": "https://api.example/v1",
            "app_key": "app-0123456789",
            "input_claims": "none",
        });
        environment.answer(PARAMETERS, ok(r#"{"user_input_form": []}"#));
        Self {
            provider: FakeProvider::new(&environment, document),
            gateway: Gateway::new(environment.clone()),
            environment,
            settings: merged(base, settings),
            requests: Cell::new(0),
        }
    }

    /// Another process with the same settings, and the same outside world.
    fn restart(&mut self) {
        self.gateway = Gateway::new(self.environment.clone());
    }

    fn request(&self, address: &str, headers: HeaderMap) -> Request {
        let (path, query) = address.split_once('?').unwrap_or((address, ""));
        self.requests.set(self.requests.get() + 1);
        Request {
            id: format!("r{}", self.requests.get()),
            endpoint: ENDPOINT.to_owned(),
            hook_id: HOOK.to_owned(),
            method: method_of(path),
            path: path.to_owned(),
            query: query.to_owned(),
            headers,
            path_values: BTreeMap::new(),
            settings: self.settings.to_string(),
        }
    }

    async fn answer(&self, request: &Request, body: &str) -> Response {
        // The host gives what no operation has by name to the fallback, which finds the same operations by path.
        let body = body.as_bytes().to_vec();
        match self.gateway.handle("fallback", request, &body).await {
            Outcome::Response(response) => response,
            other => panic!("not answered by the gateway itself: {other:?}"),
        }
    }

    fn respond(&self, request: &Request, body: &str) -> Response {
        let response = self.environment.run(self.answer(request, body));
        assert!(head_length(&response) <= 3800, "{:?}", response.headers);
        response
    }

    /// The person opens `address` in the browser's window.
    fn open(&self, browser: &mut Browser, address: &str) -> Response {
        let path = address.split('?').next().unwrap();
        let response = self.respond(&self.request(address, browser.navigation(path)), "");
        browser.keep(&response);
        response
    }

    /// The page asks for `path`.
    fn fetch(&self, browser: &mut Browser, path: &str, body: &str) -> Response {
        let token = self.page_token(browser);
        let headers = browser.fetch(path, token.as_deref());
        let response = self.respond(&self.request(path, headers), body);
        browser.keep(&response);
        response
    }

    /// Opens the login page and returns what the provider is asked.
    fn begin(&self, browser: &mut Browser, query: &str) -> Authorization {
        let response = self.open(browser, &format!("/auth/login{query}"));
        assert_eq!(response.status, 303, "{}", text(&response));
        authorization(&response)
    }

    /// The provider sends the browser back with a code, having prepared an ID token with these claims.
    fn finish(&self, browser: &mut Browser, login: &Authorization, claims: &Value) -> Response {
        let mut changes = json!({"nonce": login.nonce()});
        let members = changes.as_object_mut().unwrap();
        members.extend(claims.as_object().unwrap().clone());
        self.provider.issue(&changes, &json!({}));
        self.open(browser, &login.callback())
    }

    /// A browser in which the person of `claims` has just signed in.
    fn signed_in(&self, claims: &Value) -> Browser {
        let mut browser = Browser::default();
        self.sign_in(&mut browser, claims);
        browser
    }

    fn sign_in(&self, browser: &mut Browser, claims: &Value) {
        let login = self.begin(browser, "");
        let response = self.finish(browser, &login, claims);
        assert_eq!(response.status, 303, "{}", text(&response));
        assert!(browser.session().is_some());
    }

    /// The session in the browser's cookie.
    fn session(&self, browser: &Browser) -> Option<Session> {
        let settings = Settings::parse(&self.settings.to_string()).unwrap();
        let keys = Keys::new(&settings, settings.sign_in.as_ref().unwrap(), ENDPOINT);
        Session::open(&browser.session()?, &keys)
    }

    fn page_token(&self, browser: &Browser) -> Option<String> {
        Some(self.session(browser)?.page_token().to_text())
    }

    /// What the log says of the last step of this name.
    fn step(&self, event: &str) -> Value {
        let lines = self.environment.lines();
        let lines = lines
            .iter()
            .rev()
            .map(|(_, line)| serde_json::from_str::<Value>(line).unwrap());
        lines
            .into_iter()
            .find(|line| line["event"] == event)
            .unwrap_or_default()
    }
}

impl Authorization {
    fn get(&self, name: &str) -> &str {
        self.parameters.get(name).map_or("", String::as_str)
    }

    fn state(&self) -> &str {
        self.get("state")
    }

    fn nonce(&self) -> &str {
        self.get("nonce")
    }

    /// The code that the provider gives for it.
    fn code(&self) -> String {
        format!("code-of-{}", self.get("nonce"))
    }

    /// Where the provider sends the browser with a code.
    fn callback(&self) -> String {
        format!("/auth/callback?code={}&state={}", self.code(), self.state())
    }
}

fn authorization(response: &Response) -> Authorization {
    let address = Url::parse(&location(response)).unwrap();
    Authorization {
        parameters: address.query_pairs().into_owned().collect(),
        address,
    }
}

/// Status and code of a refusal.
fn refusal(response: &Response) -> (u16, String) {
    let status = response.status.as_u16();
    match serde_json::from_slice::<Value>(&response.body) {
        Ok(body) => (status, body["code"].as_str().unwrap_or_default().to_owned()),
        Err(_) => (status, code_in_page(&text(response))),
    }
}

/// A page for a person names the code too.
fn code_in_page(page: &str) -> String {
    let mut codes = Code::ALL.iter().map(|code| code.as_str());
    codes
        .find(|code| page.contains(code))
        .unwrap_or_default()
        .to_owned()
}

fn json_of(response: &Response) -> Value {
    serde_json::from_slice(&response.body).unwrap_or_else(|_| panic!("{}", text(response)))
}

fn text(response: &Response) -> String {
    String::from_utf8_lossy(&response.body).into_owned()
}

fn head_length(response: &Response) -> usize {
    let fields = response.headers.iter();
    26 + fields
        .map(|(name, value)| name.as_str().len() + value.len() + 4)
        .sum::<usize>()
}
