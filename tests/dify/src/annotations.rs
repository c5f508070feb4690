//! `/apps/annotations` and `/apps/annotation-reply`: they run with the rights of the workspace's
//! owner, no matter who calls.

use std::collections::HashMap;
use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::{StatusCode, Uri};
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{deleted, json_answer, numbered_page, ok};
use crate::caller::{self, Id, Ids, Key, OwnerCall};
use crate::checks::Checks;
use crate::kind::AppKind;
use crate::refusal::Refusal;
use crate::world::{World, now};

/// The annotations of all apps and the jobs that switch replies on or off.
#[derive(Default)]
pub(crate) struct Annotations {
    rows: Vec<Annotation>,
    /// Job and what it does; Dify does not note whose app it is for.
    jobs: HashMap<Uuid, String>,
}

struct Annotation {
    id: Uuid,
    app: AppKind,
    question: String,
    answer: String,
    created_at: i64,
}

impl Annotation {
    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "question": self.question,
            "answer": self.answer,
            "hit_count": 0,
            "created_at": self.created_at,
        })
    }
}

impl Annotations {
    fn find(&mut self, app: AppKind, id: Uuid) -> Result<usize, Refusal> {
        let index = self
            .rows
            .iter()
            .position(|row| row.id == id && row.app == app);
        index.ok_or_else(|| Refusal::not_found("Annotation not found"))
    }
}

/// `GET /apps/annotations`, newest first.
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Key(app): Key,
    uri: Uri,
) -> Result<Response, Refusal> {
    let query = caller::query(uri.query().unwrap_or_default());
    let mut checks = Checks::new("AnnotationListQuery", &query);
    let page = checks.count("page", 99_999, 1);
    let limit = checks.count("limit", 99_999, 20);
    checks.finish()?;
    let keyword = query
        .get("keyword")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let tables = world.tables();
    let of_app = tables
        .annotations
        .rows
        .iter()
        .rev()
        .filter(|row| row.app == app);
    let rows: Vec<_> = of_app
        .filter(|row| row.question.contains(keyword) || row.answer.contains(keyword))
        .collect();
    Ok(ok(&numbered_page(
        page,
        limit,
        rows.iter().map(|row| row.shown()),
    )))
}

fn read(call: &OwnerCall) -> Result<(String, String), Refusal> {
    let mut checks = Checks::new("AnnotationCreatePayload", &call.body);
    let texts = (
        checks.required_string("question"),
        checks.required_string("answer"),
    );
    checks.finish()?;
    Ok(texts)
}

/// `POST /apps/annotations`
pub(crate) async fn create(
    State(world): State<Arc<World>>,
    call: OwnerCall,
) -> Result<Response, Refusal> {
    let (question, answer) = read(&call)?;
    let row = Annotation {
        id: Uuid::new_v4(),
        app: call.app,
        question,
        answer,
        created_at: now(),
    };
    let shown = row.shown();
    world.tables().annotations.rows.push(row);
    Ok(json_answer(StatusCode::CREATED, &shown))
}

/// `PUT /apps/annotations/<id>`
pub(crate) async fn update(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: OwnerCall,
) -> Result<Response, Refusal> {
    let (question, answer) = read(&call)?;
    let mut tables = world.tables();
    let index = tables.annotations.find(call.app, id)?;
    let row = &mut tables.annotations.rows[index];
    row.question = question;
    row.answer = answer;
    Ok(ok(&row.shown()))
}

/// `DELETE /apps/annotations/<id>`
pub(crate) async fn delete(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    Key(app): Key,
) -> Result<Response, Refusal> {
    let mut tables = world.tables();
    let index = tables.annotations.find(app, id)?;
    tables.annotations.rows.remove(index);
    Ok(deleted())
}

/// `POST /apps/annotation-reply/<action>`
pub(crate) async fn reply(
    State(world): State<Arc<World>>,
    Ids(action): Ids<String>,
    call: OwnerCall,
) -> Result<Response, Refusal> {
    let mut checks = Checks::new("AnnotationReplyActionPayload", &call.body);
    checks.required("score_threshold");
    checks.required("embedding_provider_name");
    checks.required("embedding_model_name");
    checks.finish()?;
    if !matches!(action.as_str(), "enable" | "disable") {
        return Err(Refusal::unknown());
    }
    let id = Uuid::new_v4();
    world.tables().annotations.jobs.insert(id, action);
    Ok(ok(&json!({ "job_id": id, "job_status": "waiting" })))
}

/// `GET /apps/annotation-reply/<action>/status/<job id>`, for the job of any app.
pub(crate) async fn reply_status(
    State(world): State<Arc<World>>,
    Ids((action, Id(id))): Ids<(String, Id)>,
    Key(_): Key,
) -> Result<Response, Refusal> {
    if world.tables().annotations.jobs.get(&id) != Some(&action) {
        return Err(Refusal::invalid_param("The job does not exist."));
    }
    Ok(ok(
        &json!({ "job_id": id, "job_status": "completed", "error_msg": "" }),
    ))
}
