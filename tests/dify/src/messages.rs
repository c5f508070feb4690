//! `/messages`: queries and answers.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{ok, rows_from};
use crate::caller::{Id, Ids, QueryCall};
use crate::checks::{Checks, Object};
use crate::end_users::EndUser;
use crate::kind::AppKind;
use crate::refusal::Refusal;
use crate::runs::Run;
use crate::world::{Tables, World, now};
use crate::{feedbacks, files, human_input};

/// One question with its answer.
pub(crate) struct Message {
    pub(crate) id: Uuid,
    pub(crate) app: AppKind,
    pub(crate) user: Uuid,
    /// None in the mode `completion`.
    pub(crate) conversation: Option<Uuid>,
    pub(crate) inputs: Object,
    pub(crate) query: String,
    pub(crate) answer: String,
    pub(crate) error: Option<String>,
    /// Whether the answer is stored: Dify stores the message before, and the time that the answer took with it.
    pub(crate) concluded: bool,
    pub(crate) created_at: i64,
    pub(crate) files: Vec<Uuid>,
    /// Files that the app has made.
    pub(crate) generated: Vec<Uuid>,
    /// What the answer is made from.
    pub(crate) sources: Value,
}

/// Writes a conversation variable of the run's chat.
pub(crate) fn assign_variable(world: &World, run: &Run, name: &str, value: &str) {
    let mut tables = world.tables();
    let Some(id) = run.chat.as_ref().and_then(|chat| chat.conversation) else {
        return;
    };
    // The chat may have been deleted meanwhile.
    if let Ok(conversation) = tables.conversations.own_mut(&run.user, id)
        && let Some(variable) = conversation
            .variables
            .iter_mut()
            .find(|variable| variable.name == name)
    {
        variable.set(value.to_owned());
    }
}

/// Writes the answer of a run into its message.
pub(crate) fn conclude(world: &World, run: &Run, answer: &str, error: Option<&str>) {
    let mut tables = world.tables();
    let message = run
        .chat
        .as_ref()
        .and_then(|chat| tables.messages.get_mut(&chat.message));
    if let Some(message) = message {
        message.answer = answer.to_owned();
        message.error = error.map(ToOwned::to_owned);
        message.concluded = true;
    }
}

/// Writes what the answer of a run is made from into its message.
pub(crate) fn cite(world: &World, run: &Run, sources: Value) {
    let mut tables = world.tables();
    let message = run
        .chat
        .as_ref()
        .and_then(|chat| tables.messages.get_mut(&chat.message));
    if let Some(message) = message {
        message.sources = sources;
    }
}

/// The end user's own message.
pub(crate) fn own<'a>(
    tables: &'a Tables,
    user: &EndUser,
    id: Uuid,
) -> Result<&'a Message, Refusal> {
    tables
        .messages
        .get(&id)
        .filter(|message| message.user == user.id)
        .ok_or_else(Refusal::message_not_found)
}

/// `GET /messages`
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    call: QueryCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let mut checks = Checks::new("MessageListQuery", &call.query);
    checks.required("conversation_id");
    let conversation = checks.uuid("conversation_id", "must be a valid UUID");
    let first = checks.uuid("first_id", "must be a valid UUID");
    let limit = checks.count("limit", 100, 20);
    checks.finish()?;
    let Some(conversation) = conversation else {
        return Ok(ok(
            &json!({ "limit": limit, "has_more": false, "data": [] }),
        ));
    };
    let tables = world.tables();
    let ids = &tables.conversations.own(&call.user, conversation)?.messages;
    let end = match first {
        None => ids.len(),
        Some(first) => {
            let position = ids.iter().position(|id| *id == first);
            position.ok_or_else(|| Refusal::not_found("First Message Not Exists."))?
        }
    };
    let newest: Vec<&Message> = ids[..end]
        .iter()
        .rev()
        .filter_map(|id| tables.messages.get(id))
        .collect();
    Ok(ok(&rows_from(
        0,
        limit,
        newest.iter().map(|message| message.shown(&world, &tables)),
    )))
}

impl Message {
    /// A question that is not answered yet.
    pub(crate) fn new(
        user: &EndUser,
        conversation: Option<Uuid>,
        query: &str,
        inputs: &Object,
    ) -> Self {
        Self {
            id: Uuid::new_v4(),
            app: user.app,
            user: user.id,
            conversation,
            inputs: inputs.clone(),
            query: query.to_owned(),
            answer: String::new(),
            error: None,
            concluded: false,
            created_at: now(),
            files: Vec::new(),
            generated: Vec::new(),
            sources: json!([]),
        }
    }

    fn shown(&self, world: &World, tables: &Tables) -> Value {
        json!({
            "id": self.id,
            "conversation_id": self.conversation,
            "parent_message_id": Uuid::nil(),
            "inputs": self.inputs,
            "query": self.query,
            "answer": self.answer,
            "feedback": feedbacks::rating(tables, self.id).map(|rating| json!({ "rating": rating })),
            "retriever_resources": self.sources,
            "created_at": self.created_at,
            "agent_thoughts": [],
            "message_files": files::of_message(world, tables, self),
            "message_tokens": 0,
            "answer_tokens": 0,
            "provider_response_latency": if self.concluded { 0.1 } else { 0.0 },
            "total_price": "0E-7",
            "currency": "USD",
            "status": if self.error.is_some() { "error" } else { "normal" },
            "error": self.error,
            "extra_contents": human_input::extra_contents(tables, self.id),
            "total_tokens": 0,
        })
    }
}

/// `GET /messages/<id>/suggested`
pub(crate) async fn suggested(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: QueryCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let tables = world.tables();
    let message = own(&tables, &call.user, id)?;
    if !call.app.suggests() {
        return Err(Refusal::bad_request("Suggested Questions Is Disabled."));
    }
    if !world.options.models {
        let message = "The server encountered an internal error and was unable to complete your request. Either the \
                       server is overloaded or there is an error in the application.";
        return Err(Refusal::new(
            StatusCode::INTERNAL_SERVER_ERROR,
            "internal_server_error",
            message,
        ));
    }
    let question = format!("What follows from {:?}?", message.query);
    Ok(ok(&json!({ "result": "success", "data": [question] })))
}
