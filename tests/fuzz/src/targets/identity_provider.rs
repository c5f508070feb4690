//! An outside world in which an identity provider answers at once.

use std::cell::RefCell;
use std::rc::Rc;
use std::time::Duration;

use futures::FutureExt;
use futures::future::{LocalBoxFuture, pending, ready};
use gateway_domain::environment::{
    Environment, FetchRequest, FetchResponse, LogLevel, ProcessState, TransportError,
};
use gateway_domain::events::Events;
use gateway_domain::metrics::Metrics;
use gateway_domain::provider::Providers;
use gateway_domain::settings::Settings;
use gateway_domain::time::UnixTime;
use gateway_domain::token::AccessToken;
use http::StatusCode;
use http::header::{AUTHORIZATION, HeaderMap, HeaderValue};

/// The issuer of [`settings`].
pub(crate) const ISSUER: &str = "https://a.example";

/// Settings that use every endpoint of the provider.
pub(crate) fn settings() -> Settings {
    let settings = r#"{"issuer":"https://a.example","client_id":"c","client_secret":"0123456789abcdef",
        "app_key":"app-0123456789"}"#;
    Settings::parse(settings).expect("good settings")
}

/// What knows nothing of `provider` yet.
pub(crate) fn providers(provider: &Rc<IdentityProvider>) -> Providers {
    let events = Events::new(provider.clone(), Rc::new(Metrics::default()));
    Providers::new(provider.clone(), Rc::new(events))
}

/// A token that is not a JWT.
pub(crate) fn opaque_token() -> AccessToken {
    let mut headers = HeaderMap::new();
    headers.insert(AUTHORIZATION, HeaderValue::from_static("Bearer opaque"));
    AccessToken::from_headers(&headers).expect("a token")
}

/// What the provider was asked, and what it answers.
pub(crate) struct IdentityProvider {
    discovery: Vec<u8>,
    answer: Vec<u8>,
    exchanges: RefCell<Vec<FetchRequest>>,
}

impl IdentityProvider {
    /// Answers with 200: `discovery` at the address that the settings lead to, `answer` everywhere else.
    pub(crate) fn new(discovery: &[u8], answer: &[u8]) -> Rc<Self> {
        Rc::new(Self {
            discovery: discovery.to_vec(),
            answer: answer.to_vec(),
            exchanges: RefCell::default(),
        })
    }

    /// What was asked, in order.
    pub(crate) fn exchanges(&self) -> Vec<FetchRequest> {
        self.exchanges.borrow().clone()
    }
}

impl Environment for IdentityProvider {
    fn fetch(
        &self,
        request: FetchRequest,
    ) -> LocalBoxFuture<'static, Result<FetchResponse, TransportError>> {
        let body = if request.url.path().starts_with("/.well-known/") {
            self.discovery.clone()
        } else {
            self.answer.clone()
        };
        self.exchanges.borrow_mut().push(request);
        ready(Ok(FetchResponse {
            status: StatusCode::OK,
            headers: HeaderMap::new(),
            body,
        }))
        .boxed_local()
    }

    fn now(&self) -> UnixTime {
        UnixTime::from_secs(1_767_225_600)
    }

    fn fill_random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }

    fn log(&self, _level: LogLevel, line: &str) {
        assert!(!line.contains('\n'), "a log line is one line: {line:?}");
    }

    fn spawn(&self, _task: LocalBoxFuture<'static, ()>) {}

    fn process_state(&self) -> ProcessState {
        ProcessState::default()
    }

    fn sleep(&self, _duration: Duration) -> LocalBoxFuture<'static, ()> {
        pending().boxed_local()
    }
}
