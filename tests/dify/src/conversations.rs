//! `/conversations`: an end user's own chats.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{deleted, ok, rows_from};
use crate::caller::{Id, Ids, JsonCall, QueryCall};
use crate::checks::{Checks, Object};
use crate::end_users::EndUser;
use crate::refusal::Refusal;
use crate::variables::Variable;
use crate::world::{World, now};

/// One chat.
#[derive(Clone)]
pub(crate) struct Conversation {
    pub(crate) id: Uuid,
    user: Uuid,
    name: String,
    inputs: Object,
    created_at: i64,
    updated_at: i64,
    /// Position among all creations and among all changes, finer than a second.
    created_order: u64,
    updated_order: u64,
    /// Oldest first.
    pub(crate) messages: Vec<Uuid>,
    pub(crate) variables: Vec<Variable>,
}

/// The chats of all apps.
#[derive(Default)]
pub(crate) struct Conversations {
    rows: HashMap<Uuid, Conversation>,
    of_user: HashMap<Uuid, Vec<Uuid>>,
    clock: u64,
}

impl Conversations {
    /// A new chat, named after its first query.
    pub(crate) fn create(&mut self, user: &EndUser, query: &str, inputs: &Object) -> Uuid {
        self.clock += 1;
        let conversation = Conversation {
            id: Uuid::new_v4(),
            user: user.id,
            name: query.chars().take(75).collect(),
            inputs: inputs.clone(),
            created_at: now(),
            updated_at: now(),
            created_order: self.clock,
            updated_order: self.clock,
            messages: Vec::new(),
            variables: Variable::of_app(user.app),
        };
        let id = conversation.id;
        self.of_user.entry(user.id).or_default().push(id);
        self.rows.insert(id, conversation);
        id
    }

    /// The end user's own chat; an end user belongs to one app, so the app needs no look.
    pub(crate) fn own(&self, user: &EndUser, id: Uuid) -> Result<&Conversation, Refusal> {
        self.rows
            .get(&id)
            .filter(|row| row.user == user.id)
            .ok_or_else(Refusal::conversation_not_found)
    }

    pub(crate) fn own_mut(
        &mut self,
        user: &EndUser,
        id: Uuid,
    ) -> Result<&mut Conversation, Refusal> {
        self.rows
            .get_mut(&id)
            .filter(|row| row.user == user.id)
            .ok_or_else(Refusal::conversation_not_found)
    }

    /// Adds a message, which makes the chat the newest.
    pub(crate) fn add_message(&mut self, id: Uuid, message: Uuid) {
        self.clock += 1;
        if let Some(conversation) = self.rows.get_mut(&id) {
            conversation.messages.push(message);
            conversation.updated_at = now();
            conversation.updated_order = self.clock;
        }
    }

    fn sorted(&self, user: &EndUser, order: &str) -> Vec<&Conversation> {
        let ids = self
            .of_user
            .get(&user.id)
            .map(Vec::as_slice)
            .unwrap_or_default();
        let mut rows: Vec<&Conversation> = ids.iter().filter_map(|id| self.rows.get(id)).collect();
        match order.trim_start_matches('-') {
            "created_at" => rows.sort_by_key(|row| row.created_order),
            _ => rows.sort_by_key(|row| row.updated_order),
        }
        if order.starts_with('-') {
            rows.reverse();
        }
        rows
    }

    fn remove(&mut self, user: &EndUser, id: Uuid) -> Result<(), Refusal> {
        self.own(user, id)?;
        self.rows.remove(&id);
        self.of_user
            .entry(user.id)
            .or_default()
            .retain(|other| *other != id);
        Ok(())
    }
}

impl Conversation {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "inputs": self.inputs,
            "status": "normal",
            "introduction": "",
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }
}

/// `GET /conversations`
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    call: QueryCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let mut checks = Checks::new("ConversationListQuery", &call.query);
    let last = checks.uuid("last_id", "must be a valid UUID");
    let limit = checks.count("limit", 100, 20);
    let order = checks.literal(
        "sort_by",
        &["created_at", "-created_at", "updated_at", "-updated_at"],
    );
    checks.finish()?;
    let tables = world.tables();
    let rows = tables
        .conversations
        .sorted(&call.user, order.as_deref().unwrap_or("-updated_at"));
    let start = match last {
        None => 0,
        Some(id) => {
            let last = rows.iter().position(|row| row.id == id);
            1 + last.ok_or_else(|| Refusal::not_found("Last Conversation Not Exists."))?
        }
    };
    Ok(ok(&rows_from(
        start,
        limit,
        rows.iter().map(|row| row.shown()),
    )))
}

/// `DELETE /conversations/<id>`
pub(crate) async fn delete(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: JsonCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    world.tables().conversations.remove(&call.user, id)?;
    Ok(deleted())
}

/// `POST /conversations/<id>/name`
pub(crate) async fn rename(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: JsonCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let generates = call.body.get("auto_generate").and_then(Value::as_bool) == Some(true);
    let mut checks = Checks::new("ConversationRenamePayload", &call.body);
    let name = checks.string("name").filter(|name| !name.trim().is_empty());
    if !generates
        && name.is_none()
        && !call
            .body
            .get("name")
            .is_some_and(|name| !name.is_string() && !name.is_null())
    {
        let message = "Value error, name is required when auto_generate is false";
        checks.mistake(
            "",
            message,
            "value_error",
            &Value::Object(call.body.clone()),
        );
    }
    checks.finish()?;
    let mut tables = world.tables();
    let conversation = tables.conversations.own_mut(&call.user, id)?;
    if let Some(name) = name.filter(|_| !generates) {
        // `name` is VARCHAR(255) and nothing checks the length before the database does.
        if name.chars().count() > 255 {
            return Err(Refusal::unknown());
        }
        conversation.name = name;
    }
    Ok(ok(&conversation.shown()))
}
