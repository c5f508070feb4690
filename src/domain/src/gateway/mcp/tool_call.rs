//! `tools/call`: the app is asked as the caller, in the same way as by a request of the caller's own.

use std::collections::BTreeMap;
use std::rc::Rc;

use http::header::{ACCEPT, CONTENT_TYPE};
use http::{HeaderMap, HeaderValue, Method, StatusCode};
use serde_json::{Map, Value};

use super::cancellation::Task;
use super::{McpOperations, McpRequest, failed, session, whole};
use crate::environment::FetchRequest;
use crate::error::{Code, Refusal};
use crate::gateway::access::{self, Grant};
use crate::gateway::app_api::Question;
use crate::gateway::case::Case;
use crate::gateway::outcome::{Outcome, Translation};
use crate::gateway::remembered::app_request;
use crate::limits;
use crate::mcp::{
    self, App, CallPlan, Era, Failure, Id, Mode, Notification, ProgressToken, Reply, Tools,
};
use crate::operation::{self, Operation};
use crate::relay::{CallName, RelayRequest, TranslationContext};
use crate::request::Piece;
use crate::response::Response;
use crate::settings::Settings;

/// What the client of a follow-up is shown first: how far the run has come.
const WITH_SNAPSHOT: &str = "include_state_snapshot=true";

/// A call, as the message has it.
pub struct Call {
    /// To whom and how it is answered.
    pub reply: Reply,
    /// With what progress is reported.
    pub progress: Option<ProgressToken>,
    /// The parameters.
    pub params: Map<String, Value>,
}

/// What Dify is asked for a call.
struct Inquiry {
    handler: &'static str,
    variables: BTreeMap<String, String>,
    query: &'static str,
    body: Vec<u8>,
    run: Option<String>,
}

impl McpOperations {
    /// Calls a tool.
    pub async fn call(&self, case: &mut Case<'_>, request: &McpRequest<'_>, call: Call) -> Outcome {
        let app = match self.apps.of(request.settings).await {
            Ok(app) => app,
            Err(refusal) => return refused(case, &call.reply, &refusal),
        };
        let (name, tool) = match named(&app, &call.params) {
            Ok(named) => named,
            Err(failure) => return failed(&call.reply, &failure),
        };
        if let Some(record) = &mut case.record.mcp {
            record.tool = Some(name.to_owned());
        }
        let inquiry = match inquiry(&app, tool, &call.params) {
            Ok(inquiry) => inquiry,
            Err(mistakes) => {
                set_error(case);
                let body = mcp::failed_call(&call.reply, &mistakes, None);
                return whole(&call.reply, StatusCode::OK, body);
            }
        };
        let reply = call.reply.clone();
        let translation = self.translation(case, request, &app, reply, call.progress, inquiry);
        match translation.await {
            Ok(translation) => Outcome::Translation(Box::new(translation)),
            Err(refusal) => refused(case, &call.reply, &refusal),
        }
    }

    async fn translation(
        &self,
        case: &mut Case<'_>,
        request: &McpRequest<'_>,
        app: &App,
        reply: Reply,
        progress: Option<ProgressToken>,
        inquiry: Inquiry,
    ) -> Result<Translation, Refusal> {
        let McpRequest {
            settings,
            grant,
            app_api,
        } = request;
        let operation = operation_of(inquiry.handler)?;
        // Who may not ask Dify in one way may not in another.
        let grant = &access::grant(
            operation,
            settings,
            grant.caller().clone(),
            grant.user_key(),
        )?;
        let fields = fields(&case.request.headers);
        let body = inquiry.body.as_slice();
        let question = Question {
            operation,
            variables: &inquiry.variables,
            method: &operation.method,
            query: inquiry.query,
            fields: &fields,
            body: &body,
        };
        let mut prepared = app_api.prepare(&question, case, grant, settings).await?;
        prepared.request.pieces = prepared.request.pieces.map(|pieces| own(pieces, body));
        if app.mode().has_run() {
            prepared.request.limits.total = limits::MCP_HANDOVER;
        }
        let expectation = prepared.expectation;
        let (request, counted) = app_api.admitted(operation, grant, prepared).await;
        let plan = CallPlan {
            progress,
            mode: app.mode(),
            run: inquiry.run,
            reply,
        };
        Ok(translation(
            case,
            grant,
            request,
            TranslationContext {
                record: case.record.clone(),
                expectation,
                counted,
                plan,
                cancels: None,
            },
        ))
    }

    /// A notification needs no response, so nobody is told what it led to.
    pub fn notified(&self, case: &Case<'_>, request: &McpRequest<'_>, notification: &Notification) {
        if notification.method != "notifications/cancelled" {
            return;
        }
        let Some(id) = notification.params.get("requestId").and_then(Id::parse) else {
            return;
        };
        let Some(name) = name_of(&case.request.headers, request.grant, &id) else {
            return;
        };
        if let Some(task) = self.cancellable.take(&name)
            && let Ok(stop) = stop(request.settings, request.grant, &task)
        {
            let environment = Rc::clone(&self.environment);
            let stopping = async move {
                // Whether it works or not, the client has turned away.
                let _ = environment.fetch(stop).await;
            };
            self.environment.spawn(Box::pin(stopping));
        }
    }
}

fn translation(
    case: &Case<'_>,
    grant: &Grant,
    request: RelayRequest,
    mut context: TranslationContext,
) -> Translation {
    let reply = &context.plan.reply;
    if let (Era::Legacy, Some(id)) = (reply.era, &reply.id) {
        context.cancels = name_of(&case.request.headers, grant, id);
    }
    Translation {
        head: Response {
            status: StatusCode::OK,
            headers: context.plan.reply.form.headers(),
            body: Vec::new(),
        },
        opening: context.plan.opening(),
        request,
        context,
    }
}

fn named<'a>(app: &App, params: &'a Map<String, Value>) -> Result<(&'a str, Tools), Failure> {
    let name = mcp::called_tool(params)?;
    let tool = Tools::named(app, name).ok_or_else(|| {
        Failure::invalid_params("There is no tool with this name. Ask for `tools/list` again: it follows the app's name.")
    })?;
    Ok((name, tool))
}

/// Who is refused only here may ask the app again, in another way or later: that is a matter of the tool, and a status of
/// HTTP would look like a broken connection.
fn refused(case: &mut Case<'_>, reply: &Reply, refusal: &Refusal) -> Outcome {
    set_error(case);
    case.record.code = Some(refusal.code().as_str().to_owned());
    case.record.detail = refusal.log_detail().map(str::to_owned);
    whole(reply, StatusCode::OK, mcp::of_refusal(reply, refusal))
}

fn set_error(case: &mut Case<'_>) {
    if let Some(record) = &mut case.record.mcp {
        record.is_error = Some(true);
    }
}

fn inquiry(app: &App, tool: Tools, params: &Map<String, Value>) -> Result<Inquiry, String> {
    let none = Map::new();
    let arguments = match params.get("arguments") {
        None | Some(Value::Null) => &none,
        Some(Value::Object(arguments)) => arguments,
        Some(_) => return Err("The arguments are no object, and the app was not asked.".to_owned()),
    };
    match tool {
        Tools::Ask => Ok(Inquiry {
            handler: handler_of(app.mode()),
            variables: BTreeMap::new(),
            query: "",
            body: mcp::question(app, arguments)?.body,
            run: None,
        }),
        Tools::GetResult => {
            let run = mcp::run_id(arguments)?;
            Ok(Inquiry {
                handler: "get_workflow_events",
                variables: BTreeMap::from([("task_id".to_owned(), run.clone())]),
                query: WITH_SNAPSHOT,
                body: Vec::new(),
                run: Some(run),
            })
        }
    }
}

const fn handler_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Completion => "post_completion_messages",
        Mode::Workflow => "post_workflows_run",
        Mode::AdvancedChat | Mode::Agent | Mode::AgentChat | Mode::Chat => "post_chat_messages",
    }
}

const fn stop_handler_of(mode: Mode) -> &'static str {
    match mode {
        Mode::Completion => "post_completion_messages_stop",
        Mode::Workflow => "post_workflow_task_stop",
        Mode::AdvancedChat | Mode::Agent | Mode::AgentChat | Mode::Chat => {
            "post_chat_messages_stop"
        }
    }
}

fn operation_of(handler: &str) -> Result<&'static Operation, Refusal> {
    Operation::of_handler(handler).ok_or_else(|| {
        Refusal::new(
            Code::InternalError,
            "The gateway does not have the operation that the tool needs.",
        )
    })
}

/// The client's fields, but for those that are about the message itself.
fn fields(client: &HeaderMap) -> HeaderMap {
    let mut fields = client.clone();
    fields.remove(ACCEPT);
    fields.insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    fields
}

/// The body that was rewritten is the gateway's own, so no piece of it is the client's.
fn own(pieces: Vec<Piece>, body: &[u8]) -> Vec<Piece> {
    let own = |piece| match piece {
        Piece::Own(bytes) => Piece::Own(bytes),
        Piece::Client { offset, length } => {
            let end = offset.saturating_add(length);
            Piece::Own(body.get(offset..end).unwrap_or_default().to_vec())
        }
    };
    pieces.into_iter().map(own).collect()
}

fn name_of(headers: &HeaderMap, grant: &Grant, id: &Id) -> Option<CallName> {
    Some(CallName {
        user: grant.user_key(),
        session: session::of(headers)?,
        request: id.clone(),
    })
}

fn stop(settings: &Settings, grant: &Grant, task: &Task) -> Result<FetchRequest, Refusal> {
    let operation = operation_of(stop_handler_of(task.mode))?;
    let variables = BTreeMap::from([("task_id".to_owned(), task.id.clone())]);
    let path = operation::upstream_path(operation, &variables)?;
    let mut request = app_request(settings, &path)?;
    request.method = Method::POST;
    request
        .headers
        .insert(CONTENT_TYPE, HeaderValue::from_static("application/json"));
    let user = serde_json::json!({ "user": grant.caller().user.as_str() });
    request.body = crate::json::text(&user).into_bytes();
    Ok(request)
}
