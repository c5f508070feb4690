//! The app as a tool for AI clients. What the protocol says is in [`crate::mcp`]; here is who may ask, whom is asked, and
//! what is remembered meanwhile.

use std::rc::Rc;

use http::StatusCode;

use super::access::Grant;
use super::app_api::AppApi;
use super::case::Case;
use super::outcome::{Outcome, RelayReport};
use crate::environment::{Environment, TransportError};
use crate::error::Refusal;
use crate::events::{McpRecord, RequestRecord};
use crate::mcp::{
    self, Era, Failure, Form, Message, Method, Reply, Server, Tools, Written, discovered,
    initialized,
};
use crate::relay::{ResponseHead, TranslationContext};
use crate::request::Body;
use crate::response::Response;
use crate::settings::Settings;

mod admission;
mod apps;
mod body;
mod cancellation;
mod session;
mod tool_call;
mod under_way;

pub use admission::{admit, settings_of};

use apps::Apps;
use cancellation::Cancellable;
use under_way::UnderWay;

/// The MCP server of an endpoint.
pub struct McpOperations {
    environment: Rc<dyn Environment>,
    apps: Apps,
    under_way: UnderWay,
    cancellable: Cancellable,
}

/// What the gateway knows of a request whose sender was let in.
pub struct McpRequest<'a> {
    /// The endpoint's settings.
    pub settings: &'a Settings,
    /// What the caller may do.
    pub grant: &'a Grant,
    /// What asks Dify for the caller.
    pub app_api: &'a AppApi,
}

impl McpOperations {
    /// Knows no app and no call yet.
    pub fn new(environment: Rc<dyn Environment>) -> Self {
        Self {
            apps: Apps::new(environment.clone()),
            under_way: UnderWay::default(),
            cancellable: Cancellable::new(),
            environment,
        }
    }

    /// Responds to one message.
    ///
    /// # Errors
    /// Why the body is not looked at. What is wrong with a message is a response of the protocol.
    pub async fn respond(
        &self,
        case: &mut Case<'_>,
        request: &McpRequest<'_>,
        body: &dyn Body,
    ) -> Result<Outcome, Refusal> {
        let body = body::read(&case.request.headers, body)?;
        match mcp::read(&body) {
            Ok(Message::Request(message)) => {
                drop(body);
                Ok(self.answer(case, request, message).await)
            }
            Ok(Message::Notification(notification)) => {
                case.record.mcp = Some(record(&notification.method));
                Ok(
                    match mcp::judge_notification(&case.request.headers, &notification) {
                        Ok(()) => {
                            self.notified(case, request, &notification);
                            accepted()
                        }
                        Err(failure) => failed(&Reply::default(), &failure),
                    },
                )
            }
            Ok(Message::Response) => Ok(accepted()),
            Err((id, failure)) => {
                let reply = Reply {
                    id,
                    ..Reply::default()
                };
                Ok(failed(&reply, &failure))
            }
        }
    }

    async fn answer(
        &self,
        case: &mut Case<'_>,
        request: &McpRequest<'_>,
        message: mcp::Request,
    ) -> Outcome {
        let headers = &case.request.headers;
        let mut reply = Reply {
            id: Some(message.id.clone()),
            era: Era::default(),
            form: Form::of_short(headers),
        };
        let protocol = match mcp::judge(headers, &message) {
            Ok(protocol) => protocol,
            Err(failure) => return failed(&reply, &failure),
        };
        reply.era = protocol.era;
        let mut record = record(&message.method);
        protocol.era.as_str().clone_into(&mut record.era);
        record.client = protocol.client;
        case.record.mcp = Some(record);
        let method = match Method::of(&message.method, protocol.era) {
            Ok(method) => method,
            Err(failure) => return failed(&reply, &failure),
        };
        match method {
            Method::Ping => succeeded(&reply, &serde_json::json!({})),
            Method::Initialize => self.initialize(&reply, request.settings, &message).await,
            Method::Discover => {
                let app = self.apps.of(request.settings).await.ok();
                let server = Server {
                    app: app.as_deref(),
                };
                succeeded(&reply, &discovered(server))
            }
            Method::List => self.list(&reply, request.settings).await,
            Method::Call => {
                reply.form = Form::of_long(&case.request.headers);
                let call = tool_call::Call {
                    reply,
                    progress: protocol.progress,
                    params: message.params,
                };
                self.call(case, request, call).await
            }
        }
    }

    /// A session is a name for the requests of one window, and nothing more: any one is good, and none is needed.
    async fn initialize(
        &self,
        reply: &Reply,
        settings: &Settings,
        message: &mcp::Request,
    ) -> Outcome {
        let app = self.apps.of(settings).await.ok();
        let server = Server {
            app: app.as_deref(),
        };
        match initialized(&message.params, server) {
            Ok(result) => {
                let mut outcome = succeeded(reply, &result);
                if let Outcome::Response(response) = &mut outcome {
                    session::begin(&*self.environment, &mut response.headers);
                }
                outcome
            }
            Err(failure) => failed(reply, &failure),
        }
    }

    async fn list(&self, reply: &Reply, settings: &Settings) -> Outcome {
        let description = settings
            .mcp
            .as_ref()
            .and_then(|mcp| mcp.description.as_deref());
        match self.apps.of(settings).await {
            Ok(app) => succeeded(reply, &Tools::list(&app, description, reply.era)),
            Err(refusal) => failed(reply, &Failure::internal(refusal.message())),
        }
    }

    /// Dify's response to a call has begun. Also whether the caller exists in Dify from now on.
    pub fn began(
        &self,
        call: u32,
        context: &TranslationContext,
        upstream: Result<ResponseHead, TransportError>,
    ) -> (Written, bool) {
        self.under_way
            .began(call, context, upstream, self.environment.now())
    }

    /// A piece of Dify's response to a call.
    pub fn piece(&self, call: u32, piece: &[u8]) -> Written {
        let written = self.under_way.piece(call, piece, self.environment.now());
        self.under_way.with_task(call, |cancels, task| {
            self.cancellable.is_task(cancels, task);
        });
        written
    }

    /// Dify's response to a call has ended: what the client gets at last, and the call's line in the log.
    pub fn ended(
        &self,
        call: u32,
        context: TranslationContext,
        report: RelayReport,
    ) -> (Vec<u8>, RequestRecord) {
        if let Some(cancels) = &context.cancels {
            self.cancellable.forget(cancels);
        }
        self.under_way.ended(call, context, report)
    }
}

fn record(method: &str) -> McpRecord {
    const KNOWN: [&str; 8] = [
        "initialize",
        "notifications/cancelled",
        "notifications/initialized",
        "notifications/progress",
        "ping",
        "server/discover",
        "tools/call",
        "tools/list",
    ];
    let known = KNOWN.iter().find(|known| **known == method);
    McpRecord {
        method: (*known.unwrap_or(&"other")).to_owned(),
        ..McpRecord::default()
    }
}

/// The response to what wants none (2025-11-25, Transports, «Sending Messages to the Server»).
fn accepted() -> Outcome {
    Outcome::Response(Response::empty(StatusCode::ACCEPTED))
}

fn succeeded(reply: &Reply, result: &impl serde::Serialize) -> Outcome {
    whole(reply, StatusCode::OK, reply.result(result))
}

fn failed(reply: &Reply, failure: &Failure) -> Outcome {
    let (status, body) = reply.failure(failure);
    whole(reply, status, body)
}

/// A response that is there at once.
fn whole(reply: &Reply, status: StatusCode, body: Vec<u8>) -> Outcome {
    Outcome::Response(Response {
        status,
        headers: reply.form.headers(),
        body,
    })
}
