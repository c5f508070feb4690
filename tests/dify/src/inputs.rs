//! The inputs of a run, checked against the app's form
//! (`core/app/apps/base_app_generator.py`, `_validate_inputs`).

use serde_json::{Value, json};
use uuid::Uuid;

use crate::checks::Object;
use crate::end_users::EndUser;
use crate::files;
use crate::form::{Field, FieldKind};
use crate::python;
use crate::refusal::Refusal;
use crate::world::World;

/// The declared inputs; an omitted one is null, an undeclared one is dropped.
pub(crate) fn declared(world: &World, user: &EndUser, sent: &Object) -> Result<Object, Refusal> {
    let form = world.app(user.app).switches().form.clone();
    let mut inputs = Object::new();
    for field in &form {
        let value = match sent.get(&field.variable) {
            None | Some(Value::Null) if field.required => {
                return Err(Refusal::invalid_param(format!(
                    "{} is required in input form",
                    field.variable
                )));
            }
            None | Some(Value::Null) => Value::Null,
            Some(value) => checked(world, user, field, value)?,
        };
        inputs.insert(field.variable.clone(), value);
    }
    Ok(inputs)
}

fn checked(world: &World, user: &EndUser, field: &Field, value: &Value) -> Result<Value, Refusal> {
    let name = &field.variable;
    match &field.kind {
        FieldKind::File => file(world, user, name, value),
        FieldKind::Number => number(name, value),
        FieldKind::Paragraph | FieldKind::Text => text(field, value),
        FieldKind::Select(options) => match value
            .as_str()
            .filter(|choice| options.iter().any(|one| one == choice))
        {
            Some(_) => Ok(value.clone()),
            None => {
                let options = python::repr(&json!(options));
                let message =
                    format!("{name} in input form must be one of the following: {options}");
                Err(Refusal::invalid_param(message))
            }
        },
    }
}

/// NUL is dropped, since the database takes none.
fn text(field: &Field, value: &Value) -> Result<Value, Refusal> {
    let (name, kind) = (&field.variable, field.kind.name());
    let Some(text) = value.as_str() else {
        return Err(Refusal::invalid_param(format!(
            "(type '{kind}') {name} in input form must be a string"
        )));
    };
    if text.chars().count() > field.max_length {
        let message = format!(
            "{name} in input form must be less than {} characters",
            field.max_length
        );
        return Err(Refusal::invalid_param(message));
    }
    Ok(json!(text.replace('\0', "")))
}

fn number(name: &str, value: &Value) -> Result<Value, Refusal> {
    let invalid = || Refusal::invalid_param(format!("{name} in input form must be a valid number"));
    match value {
        Value::Bool(_) | Value::Number(_) => Ok(value.clone()),
        Value::String(text) if text.trim().is_empty() => Ok(Value::Null),
        Value::String(text) => match (text.trim().parse::<i64>(), text.trim().parse::<f64>()) {
            (Ok(whole), _) => Ok(json!(whole)),
            (Err(_), Ok(number)) => Ok(json!(number)),
            _ => Err(invalid()),
        },
        _ => Err(invalid()),
    }
}

/// The file as Dify stores it in the run's inputs.
fn file(world: &World, user: &EndUser, name: &str, value: &Value) -> Result<Value, Refusal> {
    let Some(members) = value
        .as_object()
        .filter(|members| members.contains_key("transfer_method"))
    else {
        return Err(Refusal::invalid_param(format!(
            "{name} in input form must be a file"
        )));
    };
    match own_file(world, user, members)? {
        Some(id) => Ok(files::stored_input(world, id, &members["type"])),
        None => Ok(value.clone()),
    }
}

/// The uploaded files of a `files` member; those by URL have none.
pub(crate) fn attached(
    world: &World,
    user: &EndUser,
    files: &[Value],
) -> Result<Vec<Uuid>, Refusal> {
    let members = files.iter().filter_map(Value::as_object);
    let ids: Result<Vec<_>, _> = members
        .map(|members| own_file(world, user, members))
        .collect();
    Ok(ids?.into_iter().flatten().collect())
}

/// The uploaded file that is meant; it must be the end user's own.
fn own_file(world: &World, user: &EndUser, members: &Object) -> Result<Option<Uuid>, Refusal> {
    if members.get("transfer_method").and_then(Value::as_str) != Some("local_file") {
        return Ok(None);
    }
    let id = members
        .get("upload_file_id")
        .and_then(Value::as_str)
        .unwrap_or_default();
    let id =
        Uuid::parse_str(id).map_err(|_| Refusal::invalid_param("Invalid upload file id format"))?;
    let tables = world.tables();
    let own = tables.files.get(&id).filter(|file| file.owner == user.id);
    own.map(|_| Some(id))
        .ok_or_else(|| Refusal::invalid_param("Invalid upload file"))
}
