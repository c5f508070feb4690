//! `GET /workflow/<run id>/events`: what a run tells, asked for after its start.

use std::sync::Arc;

use axum::extract::State;
use axum::response::Response;
use http::HeaderValue;
use http::header::CACHE_CONTROL;
use serde_json::Value;
use uuid::Uuid;

use crate::caller::{Ids, QueryCall};
use crate::checks::Object;
use crate::events::snapshot;
use crate::refusal::Refusal;
use crate::runs::{Run, Status};
use crate::stream::{self, Follow};
use crate::world::World;

pub(crate) async fn events(
    State(world): State<Arc<World>>,
    Ids(id): Ids<String>,
    call: QueryCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_graph()?;
    let id = Uuid::parse_str(&id).map_err(|_| Refusal::unknown())?;
    let run = world
        .tables()
        .runs
        .get(id)
        .filter(|run| run.user.id == call.user.id);
    let run = run.ok_or_else(|| Refusal::not_found("Workflow run not found"))?;
    let is_set = |name: &str| is_true(&call.query, name);
    let mut response = match last_event(&run) {
        Some(event) => stream::frames(vec![stream::frame(&event)]),
        None => follow(
            &world,
            &run,
            is_set("include_state_snapshot"),
            is_set("continue_on_pause"),
        ),
    };
    response
        .headers_mut()
        .insert(CACHE_CONTROL, HeaderValue::from_static("no-cache"));
    Ok(response)
}

fn is_true(query: &Object, name: &str) -> bool {
    query
        .get(name)
        .and_then(Value::as_str)
        .is_some_and(|value| value.eq_ignore_ascii_case("true"))
}

/// The only event of a run that is over; it names the run where others name the task.
fn last_event(run: &Run) -> Option<Value> {
    let state = run.state();
    if !state.status.is_final() {
        return None;
    }
    let mut event = run.workflow_finished(&state);
    event["task_id"] = event["workflow_run_id"].clone();
    Some(event)
}

fn follow(world: &World, run: &Arc<Run>, with_snapshot: bool, beyond_pause: bool) -> Response {
    let (from, paused) = {
        let state = run.state();
        (state.events.len(), state.status == Status::Paused)
    };
    let mut first = vec![stream::ping()];
    if with_snapshot {
        let mut events = snapshot(run);
        if !paused {
            events
                .iter_mut()
                .for_each(|event| event["task_id"] = event["workflow_run_id"].clone());
        }
        first.extend(events.iter().map(stream::frame));
    }
    let until_pause = with_snapshot && !beyond_pause;
    stream::follow(
        run,
        Follow {
            first,
            from,
            until_pause,
            ping_interval: world.options.ping_interval,
        },
    )
}
