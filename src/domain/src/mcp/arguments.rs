//! From a call's arguments to the body of the request to Dify.

use serde_json::{Map, Value};

use super::app::App;
use super::field::Place;
use crate::json;
use crate::limits;
use crate::text::cut;
use crate::uuid::is_uuid;

/// What Dify is asked. Who asks is not in it.
#[derive(Clone, Debug, Eq, PartialEq)]
pub struct Question {
    /// The JSON body.
    pub body: Vec<u8>,
}

/// The question that the arguments are.
///
/// # Errors
/// Everything that is wrong with them, in one text for the model.
pub fn question(app: &App, arguments: &Map<String, Value>) -> Result<Question, String> {
    let mut mistakes = unknown(app, arguments);
    let mut body = Map::new();
    let mut inputs = Map::new();
    for field in &app.fields {
        // Models write null for what they leave out.
        let argument = arguments
            .get(&field.name)
            .filter(|argument| !argument.is_null());
        let Some(argument) = argument else {
            if field.is_required {
                mistakes.push(format!("`{}` is missing", field.name));
            }
            continue;
        };
        match field.check(argument) {
            Ok(value) => {
                let (target, name) = match &field.place {
                    Place::Conversation => (&mut body, "conversation_id"),
                    Place::Files => (&mut body, "files"),
                    Place::Input(name) => (&mut inputs, name.as_str()),
                    Place::Query => (&mut body, "query"),
                };
                target.insert(name.to_owned(), value);
            }
            Err(mistake) => mistakes.push(format!("`{}` {mistake}", field.name)),
        }
    }
    if !mistakes.is_empty() {
        return Err(sentence(&mistakes));
    }
    body.insert("inputs".to_owned(), Value::Object(inputs));
    // Of the modes, some take nothing else; and a stream has no time limit for its head.
    body.insert("response_mode".to_owned(), "streaming".into());
    Ok(Question {
        body: json::text(&body).into_bytes(),
    })
}

/// The run that `get_result` is for.
///
/// # Errors
/// What is wrong with the arguments.
pub fn run_id(arguments: &Map<String, Value>) -> Result<String, String> {
    let id = arguments.get("workflow_run_id").and_then(Value::as_str);
    id.filter(|id| is_uuid(id))
        .map(str::to_ascii_lowercase)
        .ok_or_else(|| {
            sentence(&[
                "`workflow_run_id` must be the workflow_run_id of an earlier result, a UUID"
                    .to_owned(),
            ])
        })
}

fn unknown(app: &App, arguments: &Map<String, Value>) -> Vec<String> {
    let is_known = |name: &str| app.fields.iter().any(|field| field.name == name);
    let unknown = arguments.keys().filter(|name| !is_known(name));
    unknown
        .map(|name| {
            let name = cut(name, limits::QUOTED_NAME);
            format!("`{name}` is not an argument of this tool")
        })
        .collect()
}

fn sentence(mistakes: &[String]) -> String {
    let shown: Vec<&str> = mistakes
        .iter()
        .take(limits::MCP_ARGUMENT_MISTAKES)
        .map(String::as_str)
        .collect();
    let rest = mistakes.len() - shown.len();
    let more = match rest {
        0 => String::new(),
        rest => format!("; and {rest} more"),
    };
    format!(
        "The arguments are wrong, and the app was not asked: {}{more}.",
        shown.join("; ")
    )
}
