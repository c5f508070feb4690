//! `/completion-messages`: texts of completion apps, and their stops.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;

use crate::answer::success;
use crate::caller::{Ids, JsonCall};
use crate::checks::Checks;
use crate::messages::Message;
use crate::refusal::Refusal;
use crate::runs::{Chat, Run};
use crate::workflows::pace;
use crate::world::World;
use crate::{inputs, model};

/// `POST /completion-messages`
pub(crate) async fn send(
    State(world): State<Arc<World>>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_completion()?;
    let mut checks = Checks::new("CompletionRequestPayload", &call.body);
    let sent = checks.required_object("inputs");
    let query = checks.string("query").unwrap_or_default().replace('\0', "");
    let files = checks.list("files");
    let streams = checks.streams();
    checks.finish()?;
    if !world.options.models {
        return Err(Refusal::no_model());
    }
    let declared = inputs::declared(&world, &call.user, &sent)?;
    let mut message = Message::new(&call.user, None, &query, &declared);
    message.files = inputs::attached(&world, &call.user, &files)?;
    let chat = Chat {
        conversation: None,
        message: message.id,
        query,
        dialogue_count: 1,
    };
    let pace = pace(&world, streams);
    let run = Arc::new(Run::new(&world, call.user, declared, Some(chat), pace));
    {
        let mut tables = world.tables();
        tables.messages.insert(message.id, message);
        tables.runs.insert(&run);
    }
    model::answer(&world, run, streams).await
}

/// `POST /completion-messages/<task id>/stop`
pub(crate) async fn stop(
    State(world): State<Arc<World>>,
    Ids(task_id): Ids<String>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_completion()?;
    let run = world.tables().runs.of_task(&task_id);
    if let Some(run) = run.filter(|run| run.user.id == call.user.id) {
        run.stop();
    }
    Ok(success())
}
