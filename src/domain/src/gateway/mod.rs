//! The way of a request through the gateway.

use std::rc::Rc;

use futures::FutureExt;
use futures::future::LocalBoxFuture;

use crate::environment::{Environment, TransportError};
use crate::error::{Code, Refusal, last_resort};
use crate::events::{Events, RequestRecord};
use crate::mcp::Written;
use crate::metrics::Metrics;
use crate::operation::Responder;
use crate::page;
use crate::provider::Providers;
use crate::relay::{
    self, Expected, RelayContext, RelayResponse, ResponseHead, TranslationContext, UserKey,
};
use crate::request::{Body, Request, fields, navigation};
use crate::response::{self, Response};
use crate::session::Memories;
use crate::settings::{InvalidSettings, Mcp, Settings};
use crate::token::Caller;

mod access;
mod address;
mod admission;
mod app_api;
mod case;
mod credential;
mod declared_inputs;
mod first_requests;
mod mcp;
mod outcome;
mod own_operations;
mod page_session;
mod rates;
mod remembered;
mod run_detail;
mod runs;
mod settings_cache;
mod sign_in;
mod verdicts;

#[cfg(test)]
mod tests;

pub use outcome::{FileResponse, Outcome, Relay, RelayEnd, RelayReport, Translation};

use access::Access;
use admission::Admission;
use app_api::AppApi;
use case::Case;
use credential::Credential;
use declared_inputs::DeclaredInputsCache;
use mcp::{McpOperations, McpRequest};
use own_operations::health::{self, Health};
use own_operations::root::Root;
use own_operations::{
    asset, logged_out, metrics, no_operation, openapi, protected_resource, whoami,
};
use settings_cache::{Parsed, SettingsCache};
use sign_in::SignInOperations;

/// The gateway of one instance of the module.
pub struct Gateway {
    environment: Rc<dyn Environment>,
    events: Rc<Events>,
    metrics: Rc<Metrics>,
    providers: Rc<Providers>,
    settings: SettingsCache,
    admission: Admission,
    health: Health,
    root: Root,
    app_api: AppApi,
    sign_in: SignInOperations,
    mcp: McpOperations,
}

impl Gateway {
    /// Knows no endpoint yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        let metrics = Rc::new(Metrics::default());
        let events = Rc::new(Events::new(environment.clone(), metrics.clone()));
        let providers = Rc::new(Providers::new(environment.clone(), events.clone()));
        let declared_inputs = DeclaredInputsCache::new(environment.clone(), events.clone());
        let declared_inputs = Rc::new(declared_inputs);
        let memories = Rc::new(Memories::new());
        Self {
            settings: SettingsCache::new(),
            admission: Admission::new(environment.clone(), events.clone(), providers.clone()),
            app_api: AppApi::new(environment.clone(), events.clone(), declared_inputs.clone()),
            sign_in: SignInOperations::new(
                environment.clone(),
                events.clone(),
                providers.clone(),
                declared_inputs,
                memories.clone(),
            ),
            health: Health::new(environment.clone(), providers.clone(), memories),
            root: Root::new(environment.clone()),
            mcp: McpOperations::new(environment.clone()),
            environment,
            events,
            metrics,
            providers,
        }
    }

    /// Decides what becomes of a request that the SDK gave to `handler`: an operation's, or the fallback.
    ///
    /// The future is boxed because it is compiled where its type is first needed. In the crate of the module that would be
    /// for speed, with all that it awaits, and a tenth of the module.
    pub fn handle<'a>(
        &'a self,
        handler: &'a str,
        request: &'a Request,
        body: &'a dyn Body,
    ) -> LocalBoxFuture<'a, Outcome> {
        self.outcome(handler, request, body).boxed_local()
    }

    async fn outcome(&self, handler: &str, request: &Request, body: &dyn Body) -> Outcome {
        let (mut case, settings) = self.open(handler, request);
        let decided = match settings {
            Ok(settings) => self.decide(&mut case, &settings, body).await,
            Err(invalid) => misconfigured(&case, &invalid).map(Outcome::Response),
        };
        match decided {
            Ok(Outcome::Relay(relay)) => Outcome::Relay(relay),
            Ok(Outcome::Translation(mut translation)) => {
                self.dress(&case, &mut translation.head);
                Outcome::Translation(translation)
            }
            Ok(Outcome::Response(response)) => Outcome::Response(self.finish(case, response)),
            Ok(Outcome::File(mut file)) => {
                file.head = self.finish(case, file.head);
                Outcome::File(file)
            }
            Err(refusal) => Outcome::Response(self.refuse(case, &refusal)),
        }
    }

    /// The response to a request that the host could not bring to an end. Works in an instance that has never seen the
    /// request.
    pub fn call_failed(&self, handler: &str, request: &Request) -> Response {
        self.app_api.failed(&request.id);
        let (case, _) = self.open(handler, request);
        self.refuse(case, &last_resort::internal_error())
    }

    fn open<'a>(&self, handler: &str, request: &'a Request) -> (Case<'a>, Parsed) {
        let mut case = Case::new(handler, request, self.environment.now().as_millis());
        let settings = self.settings.parse(&request.settings);
        match &settings {
            Ok(settings) => case.apply(settings),
            Err(invalid) => case.allow(&invalid.allowed_origins),
        }
        self.events.set_least_level(case.record.least_level);
        (case, settings)
    }

    async fn decide(
        &self,
        case: &mut Case<'_>,
        settings: &Rc<Settings>,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let operation = case.route.operation;
        if case.is_of_mcp() {
            mcp::admit(case, settings)?;
            if operation.responder == Responder::NoOperation
                && case.request.method != http::Method::OPTIONS
            {
                // Clients look for the challenge with other methods too.
                self.identify(case, settings).await?;
            }
        }
        let access = access::decide(operation, settings, self.identify(case, settings)).await?;
        self.dispatch(case, &access, settings, body).await
    }

    /// The caller, noted for the log, with the key of the caller's `user`.
    async fn identify(
        &self,
        case: &mut Case<'_>,
        settings: &Rc<Settings>,
    ) -> Result<(Caller, UserKey), Refusal> {
        let mcp = case.mcp(settings);
        // An AI client has no session: without a token it must be told where to get one.
        let visit = match mcp {
            Some(_) => None,
            None => self.sign_in.visit(case.request, settings)?,
        };
        let credential = Credential::of(case.request, visit.as_ref())?;
        let resource = mcp.map(Mcp::resource);
        let caller = self
            .admission
            .caller(&credential, settings, case.request, resource)
            .await?;
        let user_key = UserKey::new(settings, &caller.user);
        case.record.user = Some(user_key.log_name());
        case.record.issuer = Some(caller.issuer.as_str().to_owned());
        Ok((caller, user_key))
    }

    async fn dispatch(
        &self,
        case: &mut Case<'_>,
        access: &Access,
        settings: &Rc<Settings>,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let response = match case.route.operation.responder {
            Responder::About => {
                let visit = self.sign_in.visit(case.request, settings)?;
                self.root
                    .response(case.request, settings, visit.as_ref())
                    .await
            }
            Responder::Asset => {
                sign_in::settings_of(settings)?;
                let name = case.route.variables.get("name");
                return asset::outcome(case.request, name.map_or("", String::as_str));
            }
            Responder::Dify => {
                let grant = access.granted()?;
                return self.app_api.ask(case, grant, settings, body).await;
            }
            Responder::Health => self.health.response(case.request, settings).await,
            Responder::LoggedOut => {
                sign_in::settings_of(settings)?;
                logged_out::response(case.request, case.static_page())
            }
            Responder::Callback | Responder::Login => {
                sign_in::settings_of(settings)?;
                navigation::check(case.request)?;
                self.sign_in.respond(case, settings, body).await?
            }
            Responder::BackchannelLogout
            | Responder::Logout
            | Responder::LogoutForm
            | Responder::Refresh
            | Responder::Session => self.sign_in.respond(case, settings, body).await?,
            Responder::Metrics => metrics::response(case.request, settings, || metrics::Sources {
                metrics: &self.metrics,
                providers: &self.providers,
                runs: self.app_api.runs_under_way(),
                process: self.environment.process_state(),
            })?,
            Responder::Mcp => {
                let grant = access.granted()?;
                let request = McpRequest {
                    settings,
                    grant,
                    app_api: &self.app_api,
                };
                return self.mcp.respond(case, &request, body).await;
            }
            Responder::McpMetadata => {
                protected_resource::of_mcp(settings, mcp::settings_of(settings)?)
            }
            Responder::NoOperation => no_operation::response(case.request, &case.cors)?,
            Responder::OpenApi => openapi::response(settings),
            Responder::ProtectedResource => protected_resource::response(settings)?,
            Responder::Whoami => whoami::response(access.granted()?, settings),
        };
        Ok(Outcome::Response(response))
    }

    fn refuse(&self, mut case: Case<'_>, refusal: &Refusal) -> Response {
        case.record.refused(refusal);
        let response = case.refusal(refusal);
        self.finish(case, response)
    }

    fn finish(&self, case: Case<'_>, mut response: Response) -> Response {
        self.dress(&case, &mut response);
        self.events.write_request(&RequestRecord {
            status: response.status.as_u16(),
            ..case.record
        });
        response
    }

    /// Adds the headers that every response has.
    fn dress(&self, case: &Case<'_>, response: &mut Response) {
        if case.sign_in.is_some() {
            page::protect(&mut response.headers);
        }
        response::set_request_id(&mut response.headers, &case.request.id);
        if let Some(rate_limit) = case.rate_limit {
            rate_limit.apply(&mut response.headers);
        }
        case.cors.apply(&mut response.headers);
    }

    /// The head of Dify's response to the translation of `call`, or the error that came in its place.
    pub fn translation_began(
        &self,
        call: u32,
        context: &TranslationContext,
        upstream: Result<ResponseHead, TransportError>,
    ) -> Written {
        let (written, exists) = self.mcp.began(call, context, upstream);
        self.app_api.responded(&context.counted, exists);
        written
    }

    /// A piece of the body of Dify's response to the translation of `call`.
    pub fn translation_piece(&self, call: u32, piece: &[u8]) -> Written {
        self.mcp.piece(call, piece)
    }

    /// Dify's response to the translation of `call` has ended, or nobody is there any more. What is returned is the end
    /// of the client's response. Works in an instance that has never seen the call.
    pub fn translation_ended(
        &self,
        call: u32,
        context: TranslationContext,
        report: RelayReport,
    ) -> Vec<u8> {
        self.app_api.ended(&context.counted);
        let (bytes, record) = self.mcp.ended(call, context, report);
        self.events.write_request(&record);
        bytes
    }

    /// Judges the head of Dify's response to a relay, or the error that came in its place.
    pub fn judge_response_head(
        &self,
        context: &mut RelayContext,
        upstream: Result<ResponseHead, TransportError>,
    ) -> RelayResponse {
        if let Ok(head) = &upstream {
            context.record.dify_status = Some(head.status.as_u16());
            context.record.dify_trace_id = fields::dify_trace_id(&head.headers).map(str::to_owned);
        }
        let mut response = relay::judge(context, upstream);
        if context.is_for_browsers {
            page::protect(&mut response.headers);
            if context.expectation.response == Expected::Bytes && response.refusal.is_none() {
                page::protect_file(&mut response.headers);
            }
        }
        let exists = response.refusal.is_none() && !response.status.is_server_error();
        self.app_api.responded(&context.counted, exists);
        context.record.status = response.status.as_u16();
        if let Some(refusal) = &response.refusal {
            context.record.refused(refusal);
        }
        response
    }

    /// Judges Dify's response to a relay where its body is known too: a body that was cut off counts as no response.
    pub fn judge_response(
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
        self.judge_response_head(context, came_whole)
    }

    /// Notes the end of a relayed body.
    pub fn relay_ended(&self, context: RelayContext, report: impl Into<RelayReport>) {
        let report: RelayReport = report.into();
        self.app_api.ended(&context.counted);
        self.events.write_request(&RequestRecord {
            end: report.end.word().map(str::to_owned),
            times: Some(report.times()),
            ..context.record
        });
    }
}

/// With wrong settings nothing is open but `/health`, which says what is wrong with them, and the fallback for OPTIONS:
/// after a preflight that fails, a browser shows its page nothing of the refusal.
fn misconfigured(case: &Case<'_>, invalid: &InvalidSettings) -> Result<Response, Refusal> {
    match case.route.operation.responder {
        Responder::Health => Ok(health::of_invalid_settings(case.request, invalid)),
        _ if case.request.method == http::Method::OPTIONS => {
            no_operation::response(case.request, &case.cors)
        }
        _ => Err(Refusal::new(Code::ConfigurationError, invalid.to_string())),
    }
}
