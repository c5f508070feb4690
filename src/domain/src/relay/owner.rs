//! `GET /workflows/run/<workflow_run_id>`: Dify shows any run of the app to whoever holds the app key.

use serde_json::{Map, Value};

use crate::json;
use crate::limits;
use crate::token::User;

/// Whether the run in Dify's answer was started by `user`.
///
/// `inputs` is a JSON text inside the JSON (`WorkflowRun.inputs` is a text column), and `sys.user_id` in it is exactly
/// the `user` of the request that started the run. Whatever is not exactly so is somebody else's.
pub fn run_belongs_to(body: &[u8], user: &User) -> bool {
    owner_of(body).is_some_and(|owner| owner == user.as_str())
}

fn owner_of(body: &[u8]) -> Option<String> {
    let run = json::parse_object(body, limits::RUN_DETAIL_DEPTH).ok()?;
    let inputs = inputs_of(&run)?;
    match inputs.get("sys.user_id")? {
        Value::String(owner) => Some(owner.clone()),
        _ => None,
    }
}

fn inputs_of(run: &Map<String, Value>) -> Option<Map<String, Value>> {
    match run.get("inputs")? {
        Value::String(text) => json::parse_object(text.as_bytes(), limits::RUN_DETAIL_DEPTH).ok(),
        _ => None,
    }
}
