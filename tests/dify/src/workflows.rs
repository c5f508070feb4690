//! `/workflows/…`: runs of workflow apps, their details and stops.

use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::response::Response;
use serde_json::{Value, json};
use uuid::Uuid;

use crate::answer::{ok, run_result, success};
use crate::caller::{Ids, JsonCall, Key};
use crate::checks::{Checks, Object};
use crate::end_users::EndUser;
use crate::engine::Engine;
use crate::events::pause_reason;
use crate::inputs;
use crate::lock;
use crate::logs;
use crate::refusal::Refusal;
use crate::runs::{Run, Status};
use crate::stream::{self, Follow};
use crate::world::{World, now};

/// `POST /workflows/run`
pub(crate) async fn run(
    State(world): State<Arc<World>>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_workflow()?;
    start(&world, call).await
}

/// `POST /workflows/<id>/run`
pub(crate) async fn run_version(
    State(world): State<Arc<World>>,
    Ids(id): Ids<String>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_workflow()?;
    known_version(&world, &call.user, &id)?;
    start(&world, call).await
}

/// Refuses the identity of anything but the published workflow of the caller's app.
pub(crate) fn known_version(world: &World, user: &EndUser, id: &str) -> Result<(), Refusal> {
    let Ok(version) = Uuid::parse_str(id) else {
        return Err(Refusal::bad_request(format!(
            "Invalid workflow_id format: '{id}'. "
        )));
    };
    if version != world.app(user.app).workflow_id {
        return Err(Refusal::not_found(format!(
            "Workflow not found with id: {id}"
        )));
    }
    Ok(())
}

/// Refuses a trace session that Dify's `trace_id_helper` does not take.
pub(crate) fn check_trace(body: &Object) -> Result<(), Refusal> {
    let session = body
        .get("trace_session_id")
        .and_then(Value::as_str)
        .map(|session| session.trim().chars().count());
    if session.is_some_and(|length| !(1..=200).contains(&length)) {
        return Err(Refusal::bad_request(
            "trace_session_id must be 1 to 200 characters after trimming.",
        ));
    }
    Ok(())
}

async fn start(world: &Arc<World>, call: JsonCall<true>) -> Result<Response, Refusal> {
    check_trace(&call.body)?;
    let mut checks = Checks::new("WorkflowRunPayload", &call.body);
    let sent = checks.required_object("inputs");
    checks.list("files");
    let streams = checks.streams();
    checks.finish()?;
    let inputs = match inputs::declared(world, &call.user, &sent) {
        Ok(inputs) => inputs,
        Err(refusal) if streams => return Ok(early_failure(world, &call.user, &sent, &refusal)),
        Err(refusal) => return Err(refusal),
    };
    let run = Arc::new(Run::new(
        world,
        call.user,
        inputs,
        None,
        pace(world, streams),
    ));
    world.tables().runs.insert(&run);
    logs::add(world, &run);
    let engine = tokio::spawn(Engine::new(world, &run).start());
    if streams {
        return Ok(stream_of(world, &run));
    }
    engine.await.map_err(|_| Refusal::unknown())?;
    Ok(run_result(&blocking_answer(&run)))
}

/// Only a stream shows single events, so only there they are held back.
pub(crate) fn pace(world: &World, streams: bool) -> Duration {
    if streams {
        *lock(&world.event_interval)
    } else {
        Duration::ZERO
    }
}

/// The response of a streamed run: a ping at once, then its events until the end or a pause.
pub(crate) fn stream_of(world: &World, run: &Arc<Run>) -> Response {
    let first = vec![stream::ping()];
    let ping_interval = world.options.ping_interval;
    stream::follow(
        run,
        Follow {
            first,
            from: 0,
            until_pause: true,
            ping_interval,
        },
    )
}

/// What a stream tells of a run that its inputs do not let begin; it is stored nowhere.
pub(crate) fn early_failure(
    world: &World,
    user: &EndUser,
    inputs: &Object,
    refusal: &Refusal,
) -> Response {
    let (id, workflow_id, time) = (Uuid::new_v4(), world.app(user.app).workflow_id, now());
    let event = |name: &str, data: Value| {
        stream::frame(&json!({ "event": name, "task_id": id, "workflow_run_id": id, "data": data }))
    };
    let started = json!({
        "id": id, "workflow_id": workflow_id, "inputs": inputs, "created_at": time, "reason": "initial",
    });
    let finished = json!({
        "id": id, "workflow_id": workflow_id, "status": "failed", "outputs": null, "error": refusal.message(),
        "elapsed_time": 0.0, "total_tokens": 0, "total_steps": 0, "created_by": {}, "created_at": time,
        "finished_at": time, "exceptions_count": 1, "files": [],
    });
    let finished = event("workflow_finished", finished);
    stream::frames(vec![
        stream::ping(),
        event("workflow_started", started),
        finished,
    ])
}

fn blocking_answer(run: &Run) -> Value {
    let state = run.state();
    let mut data = json!({
        "id": run.id,
        "workflow_id": run.workflow_id,
        "status": state.status.name(),
        "outputs": state.outputs,
        "error": state.error,
        "elapsed_time": run.elapsed(),
        "total_tokens": 0,
        "total_steps": state.nodes.len(),
        "created_at": run.created_at,
        "finished_at": state.finished_at,
    });
    if let (Status::Paused, Some(form)) = (state.status, &state.form) {
        data["paused_nodes"] = json!(["human"]);
        data["reasons"] = json!([pause_reason(form)]);
    }
    json!({ "task_id": run.task_id, "workflow_run_id": run.id, "data": data })
}

/// `GET /workflows/run/<id>`: any run of the app, no matter who started it.
pub(crate) async fn detail(
    State(world): State<Arc<World>>,
    Ids(id): Ids<String>,
    Key(app): Key,
) -> Result<Response, Refusal> {
    app.mode().require_graph()?;
    // PostgreSQL refuses a text that is not a UUID, and nothing catches that.
    let id = Uuid::parse_str(&id).map_err(|_| Refusal::unknown())?;
    let run = world.tables().runs.get(id).filter(|run| run.app == app);
    let run = run.ok_or_else(|| Refusal::not_found("Workflow run not found."))?;
    let state = run.state();
    Ok(ok(&json!({
        "id": run.id,
        "workflow_id": run.workflow_id,
        "status": state.status.name(),
        "inputs": Value::Object(run.all_inputs(true)).to_string(),
        "outputs": state.outputs,
        "error": state.error,
        "total_steps": if state.status == Status::Running { 0 } else { state.nodes.len() },
        "total_tokens": 0,
        "created_at": run.created_at,
        "finished_at": state.finished_at,
        "elapsed_time": state.elapsed,
    })))
}

/// `POST /workflows/tasks/<id>/stop`: stops the run of any app and user.
pub(crate) async fn stop(
    State(world): State<Arc<World>>,
    Ids(task_id): Ids<String>,
    call: JsonCall<true>,
) -> Result<Response, Refusal> {
    call.app.mode().require_workflow()?;
    if let Some(run) = world.tables().runs.of_task(&task_id) {
        run.stop();
    }
    Ok(success())
}
