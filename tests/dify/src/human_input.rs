//! `/form/human_input`: the forms that paused runs wait for.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::StatusCode;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::ok;
use crate::caller::{Ids, JsonCall, Key};
use crate::checks::{Checks, Object};
use crate::engine::Engine;
use crate::kind::AppKind;
use crate::python;
use crate::refusal::Refusal;
use crate::runs::Run;
use crate::world::{Tables, World, now};

/// How long a form can be submitted, in seconds.
const LIFETIME: i64 = 3 * 24 * 3600;

/// One form; anyone who knows its token may submit it.
pub(crate) struct HumanForm {
    app: AppKind,
    run: Arc<Run>,
    /// The data of the `human_input_required` event.
    shown: Value,
    submission: Option<Submission>,
}

struct Submission {
    comment: String,
    action: Value,
}

impl HumanForm {
    /// Makes the form of a run's node and returns how events show it.
    pub(crate) fn open(world: &World, run: &Arc<Run>, node: Uuid) -> Value {
        let token: String = Uuid::new_v4()
            .simple()
            .to_string()
            .chars()
            .take(22)
            .collect();
        let subject = run.variable(["start", "q"]);
        let subject = subject.as_str().unwrap_or_default();
        let shown = json!({
            "form_id": node,
            "node_id": "human",
            "node_title": "human",
            "form_content": format!("Approve {subject} ?\n{{{{#$output.comment#}}}}"),
            "inputs": [{
                "output_variable_name": "comment",
                "type": "paragraph",
                "default": { "type": "constant", "selector": [], "value": "none" },
            }],
            "actions": [
                { "id": "approve", "title": "Approve", "button_style": "primary" },
                { "id": "reject", "title": "Reject", "button_style": "default" },
            ],
            "display_in_ui": true,
            "form_token": token,
            "approval_channels": ["console"],
            "resolved_default_values": {},
            "expiration_time": now() + LIFETIME,
        });
        let form = Self {
            app: run.app,
            run: Arc::clone(run),
            shown: shown.clone(),
            submission: None,
        };
        world.tables().forms.insert(token, form);
        shown
    }

    fn open_one<'a>(
        tables: &'a mut Tables,
        app: AppKind,
        token: &str,
    ) -> Result<&'a mut Self, Refusal> {
        let form = tables.forms.get_mut(token).filter(|form| form.app == app);
        let form = form.ok_or_else(|| Refusal::not_found("Form not found."))?;
        if form.submission.is_some() {
            let id = form.shown["form_id"].as_str().unwrap_or_default();
            let message =
                format!("This form has already been submitted by another user, form_id={id}");
            return Err(Refusal::new(
                StatusCode::PRECONDITION_FAILED,
                "human_input_form_submitted",
                message,
            ));
        }
        Ok(form)
    }

    fn action(&self, id: &str) -> Option<Value> {
        let actions = self.shown["actions"].as_array()?;
        actions.iter().find(|action| action["id"] == id).cloned()
    }
}

/// `GET /form/human_input/<token>`
pub(crate) async fn show(
    State(world): State<Arc<World>>,
    Ids(token): Ids<String>,
    Key(app): Key,
) -> Result<Response, Refusal> {
    let mut tables = world.tables();
    let shown = &HumanForm::open_one(&mut tables, app, &token)?.shown;
    Ok(ok(&json!({
        "form_content": shown["form_content"],
        "inputs": shown["inputs"],
        "resolved_default_values": shown["resolved_default_values"],
        "user_actions": shown["actions"],
        "expiration_time": shown["expiration_time"],
    })))
}

/// `POST /form/human_input/<token>`: the first end user who submits it, no matter who started the run.
pub(crate) async fn submit(
    State(world): State<Arc<World>>,
    Ids(token): Ids<String>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    let mut checks = Checks::new("HumanInputFormSubmitPayload", &call.body);
    let inputs = checks.required_object("inputs");
    let action = checks.required_string("action");
    checks.finish()?;
    let mut tables = world.tables();
    let form = HumanForm::open_one(&mut tables, call.app, &token)?;
    let (comment, action) = read(form, &inputs, &action)?;
    form.submission = Some(Submission {
        comment: comment.clone(),
        action: action.clone(),
    });
    tokio::spawn(Engine::new(&world, &form.run).resume(comment, action));
    Ok(ok(&json!({})))
}

fn read(form: &HumanForm, inputs: &Object, action: &str) -> Result<(String, Value), Refusal> {
    let invalid =
        |message: String| Refusal::new(StatusCode::BAD_REQUEST, "invalid_form_data", message);
    let action = form
        .action(action)
        .ok_or_else(|| invalid(format!("Invalid action: {action}")))?;
    let comment = inputs
        .get("comment")
        .ok_or_else(|| invalid("Missing required inputs: comment".to_owned()))?;
    Ok((python::str(comment), action))
}

/// What `GET /messages` tells of the form of a message.
pub(crate) fn extra_contents(tables: &Tables, message: Uuid) -> Vec<Value> {
    let of_message = |form: &&HumanForm| {
        form.run
            .chat
            .as_ref()
            .is_some_and(|chat| chat.message == message)
    };
    tables
        .forms
        .values()
        .filter(of_message)
        .map(HumanForm::extra_content)
        .collect()
}

impl HumanForm {
    fn extra_content(&self) -> Value {
        let mut definition = self.shown.clone();
        if let Some(members) = definition.as_object_mut() {
            members.remove("approval_channels");
        }
        if self.submission.is_some() {
            definition["form_token"] = Value::Null;
        }
        let content = self.shown["form_content"].as_str().unwrap_or_default();
        let submitted = self
            .submission
            .as_ref()
            .map(|Submission { comment, action }| {
                json!({
                    "node_id": "human",
                    "node_title": "human",
                    "rendered_content": content.replace("{{#$output.comment#}}", comment),
                    "action_id": action["id"],
                    "action_text": action["title"],
                    "submitted_data": { "comment": comment },
                })
            });
        json!({
            "workflow_run_id": self.run.id,
            "submitted": self.submission.is_some(),
            "form_definition": definition,
            "form_submission_data": submitted,
            "type": "human_input",
        })
    }
}
