//! `GET /workflows/run/<workflow_run_id>`: Dify shows any run of the app to every holder of the app key.

use std::borrow::Cow;

use serde::Deserialize;

use crate::token::User;

// Nothing but the one member is built, so that a response of millions of values takes no memory beside its text.

#[derive(Deserialize)]
struct Run<'a> {
    #[serde(borrow)]
    inputs: Cow<'a, str>,
}

#[derive(Deserialize)]
struct Inputs<'a> {
    #[serde(borrow, rename = "sys.user_id")]
    user: Cow<'a, str>,
}

/// Whether the run in Dify's response was started by `user`.
///
/// `inputs` is a JSON text inside the JSON (`WorkflowRun.inputs` is a text column), and `sys.user_id` in it is exactly
/// the `user` of the request that started the run. Whatever is not exactly so is somebody else's.
pub fn run_belongs_to(body: &[u8], user: &User) -> bool {
    let Some(run) = object::<Run<'_>>(body) else {
        return false;
    };
    object::<Inputs<'_>>(run.inputs.as_bytes()).is_some_and(|inputs| inputs.user == user.as_str())
}

/// A JSON object in which no member that is looked for is there twice. An array would also do for a derived struct.
fn object<'a, T: Deserialize<'a>>(json: &'a [u8]) -> Option<T> {
    let is_object = json.trim_ascii_start().starts_with(b"{");
    is_object.then(|| serde_json::from_slice(json).ok())?
}
