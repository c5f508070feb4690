//! The way of a request through the gateway.

use std::rc::Rc;

use serde::Deserialize;

use crate::environment::{Environment, TransportError};
use crate::error::{Code, Refusal};
use crate::events::{Events, RequestRecord};
use crate::operation::{self, AnsweredBy, Found, Operation};
use crate::provider::Providers;
use crate::relay::{self, RelayContext, RelayRequest, RelayResponse, ResponseHead};
use crate::request::{Body, Request};
use crate::response::cors::CorsHeaders;
use crate::response::{self, Challenge, Response};
use crate::settings::{AllowedOrigins, InvalidSettings, Settings};
use crate::token::Caller;

mod admission;
mod app_api;
mod declared_inputs;
mod first_requests;
mod own_operations;
mod remembered;
mod settings_cache;
mod streams;
mod user_key;
mod verdicts;

#[cfg(test)]
mod tests;

use admission::Admission;
use app_api::{AppApi, Principal};
use own_operations::health::{self, Health};
use own_operations::{about, protected_resource, whoami};
use settings_cache::{Parsed, SettingsCache};

const FAULT: &str = "The gateway could not handle this request because of a fault of its own. Try again. If it happens \
                     again, give the request id to the administrator of this endpoint: the plugin's log tells more.";

/// The gateway of one instance of the module: it serves every endpoint of the process.
pub struct Gateway {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    settings: SettingsCache,
    admission: Admission,
    health: Health,
    app_api: AppApi,
}

/// What the host has to do for a request.
#[derive(Debug)]
pub enum Outcome {
    /// Response it.
    Response(Response),
    /// Ask Dify, and answer as [`Gateway::relay_head`] says.
    Relay(Box<Relay>),
}

/// A request to Dify, and what judging its answer needs.
#[derive(Debug)]
pub struct Relay {
    /// What Dify is asked.
    pub request: RelayRequest,
    /// What comes back with the answer.
    pub context: RelayContext,
}

/// How a relayed body ended.
#[derive(Clone, Copy, Debug, Deserialize, Eq, PartialEq)]
#[serde(rename_all = "snake_case")]
pub enum RelayEnd {
    /// Nobody was there to take the rest.
    Abandoned,
    /// Dify's connection broke off; also what is assumed of an end that nobody can read.
    Broken,
    /// All of it was passed on.
    Complete,
    /// A time limit has passed.
    Timeout,
}

impl Gateway {
    /// Knows no endpoint yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        let events = Rc::new(Events::new(environment.clone()));
        let providers = Rc::new(Providers::new(environment.clone(), events.clone()));
        Self {
            settings: SettingsCache::new(),
            admission: Admission::new(environment.clone(), providers.clone()),
            health: Health::new(environment.clone(), providers),
            app_api: AppApi::new(environment.clone(), events.clone()),
            environment,
            events,
        }
    }

    /// Decides what becomes of a request to the operation `handler`, or, for no operation, to `fallback`.
    pub async fn handle(&self, handler: &str, request: &Request, body: &dyn Body) -> Outcome {
        let (mut case, settings) = self.open(handler, request);
        let decided = match settings {
            Ok(settings) => self.decide(handler, &mut case, &settings, body).await,
            Err(invalid) => misconfigured(handler, &case, &invalid),
        };
        match decided {
            Ok(Outcome::Relay(relay)) => Outcome::Relay(relay),
            Ok(Outcome::Response(answer)) => Outcome::Response(self.finish(case, answer)),
            Err(refusal) => Outcome::Response(self.refuse(case, &refusal)),
        }
    }

    /// What the client is answered whose request the host could not bring to an end. Works in an instance that has
    /// never seen the request.
    pub fn call_failed(&self, handler: &str, request: &Request) -> Response {
        let (case, _) = self.open(handler, request);
        self.refuse(case, &Refusal::new(Code::InternalError, FAULT))
    }

    fn open<'a>(&self, handler: &str, request: &'a Request) -> (Case<'a>, Parsed) {
        let mut case = Case::new(handler, request, self.environment.now().as_millis());
        let settings = self.settings.parse(&request.settings);
        match &settings {
            Ok(settings) => case.apply(settings),
            Err(invalid) => case.allow(&invalid.allowed_origins),
        }
        self.events.set_least_level(case.trail.least_level);
        (case, settings)
    }

    async fn decide(
        &self,
        handler: &str,
        case: &mut Case<'_>,
        settings: &Rc<Settings>,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let Some(operation) = Operation::of_handler(handler) else {
            return no_operation(case).map(Outcome::Response);
        };
        let answer = match operation.answered_by {
            AnsweredBy::About => about::answer(),
            AnsweredBy::Dify => return self.ask_dify(operation, case, settings, body).await,
            AnsweredBy::Health => self.health.answer(case.request, settings).await,
            AnsweredBy::ProtectedResource => protected_resource::answer(settings)?,
            AnsweredBy::Whoami => {
                let (caller, _) = self.caller(case, settings).await?;
                whoami::answer(&caller, settings)
            }
        };
        Ok(Outcome::Response(answer))
    }

    async fn ask_dify(
        &self,
        operation: &Operation,
        case: &mut Case<'_>,
        settings: &Settings,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let (caller, key) = self.caller(case, settings).await?;
        operation.admit(caller.is_admin)?;
        let principal = Principal {
            settings,
            caller: &caller,
            key,
        };
        self.app_api.ask(operation, case, principal, body).await
    }

    /// The caller, noted for the log, with the key of the caller's `user`.
    async fn caller(
        &self,
        case: &mut Case<'_>,
        settings: &Settings,
    ) -> Result<(Caller, [u8; 32]), Refusal> {
        let caller = self.admission.caller(case.request, settings).await?;
        let key = user_key::user_key(settings, &caller.user);
        case.trail.user = Some(user_key::log_name(&key));
        case.trail.issuer = Some(caller.issuer.as_str().to_owned());
        Ok((caller, key))
    }

    fn refuse(&self, mut case: Case<'_>, refusal: &Refusal) -> Response {
        case.trail.refused(refusal);
        let answer = response::of_refusal(refusal, &case.request.id, &case.challenge);
        self.finish(case, answer)
    }

    fn finish(&self, case: Case<'_>, mut answer: Response) -> Response {
        response::set_request_id(&mut answer.headers, &case.request.id);
        case.cors.apply(&mut answer.headers);
        let trail = RequestRecord {
            status: answer.status.as_u16(),
            ..case.trail
        };
        self.events.write_request(&trail);
        answer
    }

    /// Judges the head of Dify's answer to a relay, or why there is none.
    pub fn relay_head(
        &self,
        context: &mut RelayContext,
        upstream: Result<ResponseHead, TransportError>,
    ) -> RelayResponse {
        context.trail.dify_status = upstream.as_ref().ok().map(|head| head.status.as_u16());
        let answer = relay::judge(context, upstream);
        self.app_api.answered(context, &answer);
        context.trail.status = answer.status.as_u16();
        if let Some(refusal) = &answer.refusal {
            context.trail.refused(refusal);
        }
        answer
    }

    /// Judges Dify's answer to a relay where its body is known too: one that has not come whole is none.
    pub fn relay_whole(
        &self,
        context: &mut RelayContext,
        upstream: Result<ResponseHead, TransportError>,
        end: RelayEnd,
    ) -> RelayResponse {
        let came_whole = match end {
            RelayEnd::Abandoned | RelayEnd::Complete => upstream,
            RelayEnd::Broken => Err(TransportError::Broken),
            RelayEnd::Timeout => Err(TransportError::Timeout),
        };
        self.relay_head(context, came_whole)
    }

    /// Notes the end of a relayed body.
    pub fn relay_ended(&self, context: RelayContext, end: RelayEnd) {
        self.app_api.ended(&context);
        let end = match end {
            RelayEnd::Complete => None,
            RelayEnd::Abandoned => Some("abandoned"),
            RelayEnd::Broken => Some("broken"),
            RelayEnd::Timeout => Some("timeout"),
        };
        let trail = RequestRecord {
            end: end.map(str::to_owned),
            ..context.trail
        };
        self.events.write_request(&trail);
    }
}

/// One request, with what every answer to it carries.
pub(crate) struct Case<'a> {
    request: &'a Request,
    trail: RequestRecord,
    cors: CorsHeaders,
    challenge: Challenge,
}

impl<'a> Case<'a> {
    fn new(handler: &str, request: &'a Request, started: u64) -> Self {
        let trail = RequestRecord {
            request_id: request.id.clone(),
            endpoint: request.endpoint.clone(),
            operation: handler.to_owned(),
            started,
            ..RequestRecord::default()
        };
        Self {
            request,
            trail,
            cors: CorsHeaders::default(),
            challenge: Challenge::default(),
        }
    }

    fn apply(&mut self, settings: &Settings) {
        self.trail.least_level = settings.log_level;
        self.allow(&settings.allowed_origins);
        let public_url = settings.public_url.as_ref();
        self.challenge.resource_metadata = public_url.map(protected_resource::address);
    }

    fn allow(&mut self, origins: &AllowedOrigins) {
        self.cors = CorsHeaders::decide(origins, &self.request.headers);
    }
}

/// OPTIONS, 404 and 405.
fn no_operation(case: &Case<'_>) -> Result<Response, Refusal> {
    let Found::Methods(methods) = operation::at_path(&case.request.path) else {
        return Err(Refusal::new(
            Code::NotFound,
            format!(
                "This endpoint has no operation at the path `{}`.",
                printable(&case.request.path)
            ),
        ));
    };
    let methods: Vec<&str> = methods.iter().map(http::Method::as_str).collect();
    let methods = methods.join(", ");
    if case.request.method == http::Method::OPTIONS {
        return Ok(case.cors.options(&methods, &case.request.headers));
    }
    let refusal = Refusal::new(
        Code::MethodNotAllowed,
        format!("This path takes {methods}, not {}.", case.request.method),
    );
    Err(match http::HeaderValue::from_str(&methods) {
        Ok(allow) => refusal.with_allow(allow),
        Err(_) => refusal,
    })
}

/// The beginning of a path that a client wrote, fit for a message.
fn printable(path: &str) -> String {
    path.chars()
        .filter(|character| !character.is_control())
        .take(100)
        .collect()
}

/// Wrong settings answer nothing but `/health`, which says what is wrong with them, and OPTIONS: after a preflight that
/// fails, a browser shows its page nothing of the refusal.
fn misconfigured(
    handler: &str,
    case: &Case<'_>,
    invalid: &InvalidSettings,
) -> Result<Outcome, Refusal> {
    let is_health = Operation::of_handler(handler)
        .is_some_and(|operation| operation.answered_by == AnsweredBy::Health);
    if is_health {
        return Ok(Outcome::Response(health::of_invalid_settings(
            case.request,
            invalid,
        )));
    }
    if case.request.method == http::Method::OPTIONS {
        return no_operation(case).map(Outcome::Response);
    }
    let message = invalid.to_string();
    Err(Refusal::new(Code::ConfigurationError, message))
}
