//! Feedback on messages: an end user's own, and everybody's.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{iso_time, ok, success};
use crate::caller::{self, Id, Ids, JsonCall, Key};
use crate::checks::Checks;
use crate::kind::AppKind;
use crate::messages;
use crate::refusal::Refusal;
use crate::world::{Tables, World, now};

/// What an end user thought of one message.
pub(crate) struct Feedback {
    id: Uuid,
    app: AppKind,
    conversation: Option<Uuid>,
    message: Uuid,
    user: Uuid,
    rating: String,
    content: Option<String>,
    created_at: i64,
}

pub(crate) fn rating(tables: &Tables, message: Uuid) -> Option<&str> {
    let feedback = tables
        .feedbacks
        .iter()
        .find(|feedback| feedback.message == message)?;
    Some(&feedback.rating)
}

/// `POST /messages/<id>/feedbacks`
pub(crate) async fn give(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    let mut checks = Checks::new("MessageFeedbackPayload", &call.body);
    let rating = checks.literal("rating", &["like", "dislike"]);
    let content = checks.string("content");
    checks.finish()?;
    let mut tables = world.tables();
    let conversation = messages::own(&tables, &call.user, id)?.conversation;
    let known = tables
        .feedbacks
        .iter()
        .position(|feedback| feedback.message == id);
    match (known, rating) {
        (None, None) => {
            return Err(Refusal::invalid_param(
                "rating cannot be None when feedback not exists",
            ));
        }
        (Some(index), None) => drop(tables.feedbacks.remove(index)),
        (Some(index), Some(rating)) => {
            tables.feedbacks[index].rating = rating;
            tables.feedbacks[index].content = content;
        }
        (None, Some(rating)) => tables.feedbacks.push(Feedback {
            id: Uuid::new_v4(),
            app: call.app,
            conversation,
            message: id,
            user: call.user.id,
            rating,
            content,
            created_at: now(),
        }),
    }
    Ok(success())
}

/// `GET /app/feedbacks`: everybody's.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Key(app): Key,
    uri: http::Uri,
) -> Result<Response, Refusal> {
    let query = caller::query(uri.query().unwrap_or_default());
    let mut checks = Checks::new("FeedbackListQuery", &query);
    let page = checks.count("page", usize::MAX, 1);
    let limit = checks.count("limit", 101, 20);
    checks.finish()?;
    let tables = world.tables();
    let of_app = tables
        .feedbacks
        .iter()
        .filter(|feedback| feedback.app == app);
    let start = (page - 1).saturating_mul(limit);
    let shown: Vec<Value> = of_app
        .skip(start)
        .take(limit)
        .map(|feedback| feedback.shown(&world))
        .collect();
    Ok(ok(&json!({ "data": shown })))
}

impl Feedback {
    fn shown(&self, world: &World) -> Value {
        let created_at = iso_time(self.created_at);
        json!({
            "id": self.id,
            "app_id": world.app(self.app).id,
            "conversation_id": self.conversation,
            "message_id": self.message,
            "rating": self.rating,
            "content": self.content,
            "from_source": "user",
            "from_end_user_id": self.user,
            "from_account_id": null,
            "created_at": created_at,
            "updated_at": created_at,
        })
    }
}
