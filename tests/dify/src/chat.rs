//! `/chat-messages`: questions to chat apps, and their stops.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{run_result, success};
use crate::caller::{Ids, JsonCall};
use crate::checks::Checks;
use crate::end_users::EndUser;
use crate::engine::Engine;
use crate::events::{metadata, pause_reason};
use crate::kind::Mode;
use crate::messages::Message;
use crate::refusal::Refusal;
use crate::runs::{Chat, Run, Status};
use crate::workflows::{check_trace, early_failure, known_version, pace, stream_of};
use crate::world::World;
use crate::{inputs, model};

/// What a question says, checked.
struct Question {
    inputs: crate::checks::Object,
    query: String,
    conversation: Option<Uuid>,
    files: Vec<Value>,
    streams: bool,
}

/// `POST /chat-messages`
pub(crate) async fn send(
    State(world): State<Arc<World>>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let question = read(&world, &call)?;
    if call.app.mode() == Mode::AgentChat && !question.streams {
        return Err(Refusal::invalid_param(
            "Agent Chat App does not support blocking mode",
        ));
    }
    if !call.app.mode().has_graph() && !world.options.models {
        return Err(Refusal::no_model());
    }
    if let Some(id) = question.conversation {
        world.tables().conversations.own(&call.user, id)?;
    }
    let sent = question.inputs.clone();
    let streams_failures = question.streams && call.app.mode().has_graph();
    let run = match begin(&world, call.user.clone(), question) {
        Ok(run) => run,
        Err(refusal) if streams_failures => {
            return Ok(early_failure(&world, &call.user, &sent, &refusal));
        }
        Err(refusal) => return Err(refusal),
    };
    answer(
        &world,
        run,
        call.body.get("response_mode") == Some(&json!("streaming")),
    )
    .await
}

fn read(world: &World, call: &JsonCall<true>) -> Result<Question, Refusal> {
    check_trace(&call.body)?;
    let mut checks = Checks::new("ChatRequestPayload", &call.body);
    let question = Question {
        inputs: checks.required_object("inputs"),
        query: checks.required_string("query").replace('\0', ""),
        files: checks.list("files"),
        streams: checks.streams(),
        conversation: checks.uuid("conversation_id", "conversation_id must be a valid UUID"),
    };
    let version = checks.string("workflow_id");
    checks.finish()?;
    if question.query.is_empty() {
        return Err(Refusal::invalid_param("query is required"));
    }
    if let Some(version) = version.filter(|version| !version.is_empty()) {
        known_version(world, &call.user, &version)?;
    }
    Ok(question)
}

/// Stores the question and the run that will answer it.
fn begin(world: &World, user: EndUser, question: Question) -> Result<Arc<Run>, Refusal> {
    let declared = inputs::declared(world, &user, &question.inputs)?;
    let files = inputs::attached(world, &user, &question.files)?;
    let pace = pace(world, question.streams);
    let mut tables = world.tables();
    let conversation = match question.conversation {
        Some(id) => id,
        None => tables
            .conversations
            .create(&user, &question.query, &declared),
    };
    let mut message = Message::new(&user, Some(conversation), &question.query, &declared);
    message.files = files;
    tables.conversations.add_message(conversation, message.id);
    // Of a chat that goes on, Dify counts the message twice.
    let dialogue_count = match question.conversation {
        Some(id) => tables.conversations.own(&user, id)?.messages.len() + 1,
        None => 1,
    };
    let chat = Chat {
        conversation: Some(conversation),
        message: message.id,
        query: question.query,
        dialogue_count,
    };
    tables.messages.insert(message.id, message);
    let run = Arc::new(Run::new(world, user, declared, Some(chat), pace));
    tables.runs.insert(&run);
    Ok(run)
}

async fn answer(world: &Arc<World>, run: Arc<Run>, streams: bool) -> Result<Response, Refusal> {
    if !run.mode().has_graph() {
        return model::answer(world, run, streams).await;
    }
    let engine = tokio::spawn(Engine::new(world, &run).start());
    if streams {
        return Ok(stream_of(world, &run));
    }
    engine.await.map_err(|_| Refusal::unknown())?;
    blocking_answer(&run)
}

fn blocking_answer(run: &Run) -> Result<Response, Refusal> {
    let state = run.state();
    if state.status == Status::Failed {
        let error = state.error.as_deref().unwrap_or_default();
        return Err(Refusal::invalid_param(format!("Run failed: {error}")));
    }
    let text = state.outputs["answer"].as_str().unwrap_or_default();
    let mut body = message_answer(run, "message", text);
    if let (Status::Paused, Some(form)) = (state.status, &state.form) {
        body["event"] = json!("workflow_paused");
        body["workflow_run_id"] = json!(run.id);
        body["metadata"]["usage"] = Value::Null;
        body["data"] = paused_data(run, &body, form);
    }
    Ok(run_result(&body))
}

/// The blocking response of every chat mode.
pub(crate) fn message_answer(run: &Run, event: &str, text: &str) -> Value {
    let message = run.chat.as_ref().map(|chat| chat.message);
    let mut body = json!({
        "event": event,
        "task_id": run.task_id,
        "id": message,
        "message_id": message,
        "mode": run.mode().name(),
        "answer": text,
        "metadata": metadata(run.elapsed()),
        "created_at": run.created_at,
    });
    if let Some(conversation) = run.chat.as_ref().and_then(|chat| chat.conversation) {
        body["conversation_id"] = json!(conversation);
    }
    body
}

fn paused_data(run: &Run, body: &Value, form: &Value) -> Value {
    let mut data = json!({
        "paused_nodes": ["human"],
        "reasons": [pause_reason(form)],
        "status": "paused",
        "elapsed_time": run.elapsed(),
        "total_tokens": 0,
        "total_steps": 2,
    });
    for member in [
        "id",
        "mode",
        "conversation_id",
        "message_id",
        "workflow_run_id",
        "answer",
        "metadata",
        "created_at",
    ] {
        data[member] = body[member].clone();
    }
    data
}

/// `POST /chat-messages/<task id>/stop`: of a chatflow's caller it stops the run of any app and
/// user (`AppTaskService.stop_task` sends the graph engine a command without looking whose it is).
pub(crate) async fn stop(
    State(world): State<Arc<World>>,
    Ids(task_id): Ids<String>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let run = world.tables().runs.of_task(&task_id);
    if let Some(run) = run {
        let reaches = if run.mode().has_graph() {
            call.app.mode() == Mode::AdvancedChat
        } else {
            run.user.id == call.user.id
        };
        if reaches {
            run.stop();
        }
    }
    Ok(success())
}
