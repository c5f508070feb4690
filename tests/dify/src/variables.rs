//! `/conversations/<id>/variables`: the conversation variables of a chatflow.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{ok, rows_from};
use crate::caller::{Id, Ids, JsonCall, QueryCall};
use crate::checks::Checks;
use crate::kind::AppKind;
use crate::program::{Middle, Program};
use crate::python;
use crate::refusal::Refusal;
use crate::world::{World, now};

/// One variable of one chat.
#[derive(Clone)]
pub(crate) struct Variable {
    id: Uuid,
    pub(crate) name: &'static str,
    value_type: &'static str,
    /// As Dify shows it: a number comes as a string.
    value: String,
    description: &'static str,
    created_at: i64,
    updated_at: i64,
}

impl Variable {
    /// The variables of a new chat.
    pub(crate) fn of_app(app: AppKind) -> Vec<Self> {
        if Program::of(app).middle != Middle::Assign {
            return Vec::new();
        }
        vec![
            Self::new("last", "string", "", "last query"),
            Self::new("count", "number", "0", ""),
        ]
    }

    fn new(
        name: &'static str,
        value_type: &'static str,
        value: &str,
        description: &'static str,
    ) -> Self {
        let id = Uuid::new_v4();
        Self {
            id,
            name,
            value_type,
            value: value.to_owned(),
            description,
            created_at: now(),
            updated_at: now(),
        }
    }

    pub(crate) fn set(&mut self, value: String) {
        self.value = value;
        self.updated_at = now();
    }

    fn shown(&self) -> Value {
        json!({
            "id": self.id,
            "name": self.name,
            "value_type": self.value_type,
            "value": self.value,
            "description": self.description,
            "created_at": self.created_at,
            "updated_at": self.updated_at,
        })
    }

    /// Refuses a value of another type than the variable's.
    fn check(&self, value: &Value) -> Result<(), Refusal> {
        let actual = match value {
            Value::String(_) => "string",
            Value::Number(_) => "number",
            other => python::type_name(other),
        };
        if actual == self.value_type {
            return Ok(());
        }
        let Self {
            name, value_type, ..
        } = self;
        let message =
            format!("Type mismatch: variable '{name}' expects {value_type}, but got {actual} type");
        Err(Refusal::bad_request(message))
    }
}

/// `GET /conversations/<id>/variables`
pub(crate) async fn list(
    State(world): State<Arc<World>>,
    Ids(Id(id)): Ids<Id>,
    call: QueryCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let mut checks = Checks::new("ConversationVariablesQuery", &call.query);
    let last = checks.uuid("last_id", "must be a valid UUID");
    let limit = checks.count("limit", 100, 20);
    let name = call.query.get("variable_name");
    if let Some(name) = name.filter(|name| !is_variable_name(name)) {
        let message = "Value error, Variable name can only contain letters, numbers, hyphens (-), underscores (_), \
                       and periods (.)";
        checks.mistake("variable_name", message, "value_error", name);
    }
    checks.finish()?;
    let tables = world.tables();
    let variables = &tables.conversations.own(&call.user, id)?.variables;
    // The filter's SQL does not run on PostgreSQL.
    if name.is_some() {
        return Err(Refusal::unknown());
    }
    let start = match last {
        None => 0,
        Some(last) => {
            let position = variables.iter().position(|variable| variable.id == last);
            1 + position.ok_or_else(|| Refusal::invalid_param(""))?
        }
    };
    Ok(ok(&rows_from(
        start,
        limit,
        variables.iter().map(Variable::shown),
    )))
}

fn is_variable_name(name: &Value) -> bool {
    let is_allowed =
        |character: char| character.is_ascii_alphanumeric() || "-_.".contains(character);
    name.as_str()
        .is_some_and(|name| name.chars().all(is_allowed))
}

/// `PUT /conversations/<id>/variables/<id>`
pub(crate) async fn update(
    State(world): State<Arc<World>>,
    Ids((Id(id), Id(variable))): Ids<(Id, Id)>,
    call: JsonCall<false>,
) -> Result<Response, Refusal> {
    call.app.mode().require_chat()?;
    let mut checks = Checks::new("ConversationVariableUpdatePayload", &call.body);
    let value = checks.required("value").cloned().unwrap_or_default();
    checks.finish()?;
    let mut tables = world.tables();
    let variables = &mut tables.conversations.own_mut(&call.user, id)?.variables;
    let variable = variables
        .iter_mut()
        .find(|candidate| candidate.id == variable);
    let variable =
        variable.ok_or_else(|| Refusal::not_found("Conversation Variable Not Exists."))?;
    variable.check(&value)?;
    variable.set(python::str(&value));
    Ok(ok(&variable.shown()))
}
