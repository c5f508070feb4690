//! The apps that are nothing but a model: with one configured they echo.

use std::sync::Arc;

use axum::response::Response;
use serde_json::{Value, json};

use crate::answer::run_result;
use crate::chat::message_answer;
use crate::kind::Mode;
use crate::messages;
use crate::refusal::Refusal;
use crate::runs::{Run, Status};
use crate::showcase;
use crate::stream::{self, Follow};
use crate::world::{World, now};

/// Runs the model and answers with its text, word by word where the caller wants a stream.
pub(crate) async fn answer(
    world: &Arc<World>,
    run: Arc<Run>,
    streams: bool,
) -> Result<Response, Refusal> {
    let echo = tokio::spawn(speak(Arc::clone(world), Arc::clone(&run)));
    if streams {
        let ping_interval = world.options.ping_interval;
        return Ok(stream::follow(
            &run,
            Follow {
                first: Vec::new(),
                from: 0,
                until_pause: false,
                ping_interval,
            },
        ));
    }
    echo.await.map_err(|_| Refusal::unknown())?;
    let text = run.state().outputs["answer"]
        .as_str()
        .unwrap_or_default()
        .to_owned();
    Ok(run_result(&message_answer(&run, "message", &text)))
}

async fn speak(world: Arc<World>, run: Arc<Run>) {
    let mut words = String::new();
    if run.mode() == Mode::AgentChat {
        run.tell(thought(&run));
    }
    let shows_everything = showcase::wanted(&run);
    if shows_everything {
        for event in showcase::first_events(&world, &run) {
            run.tell(event);
        }
    }
    for word in text(&run).split_inclusive(' ') {
        if pause(&run).await {
            break;
        }
        words.push_str(word);
        run.tell(word_event(&run, word));
    }
    messages::conclude(&world, &run, &words, None);
    let mut end = run.message_end();
    if shows_everything {
        end["metadata"]["retriever_resources"] = showcase::sources();
        messages::cite(&world, &run, showcase::sources());
    }
    run.change(|state| {
        state.events.push(end);
        state.outputs = json!({ "answer": words });
        state.status = Status::Succeeded;
        state.finished_at = Some(now());
    });
}

/// Waits for the run's pace; whether the run is to stop.
async fn pause(run: &Run) -> bool {
    let mut stopping = run.stopping();
    if !run.pace.is_zero() {
        let _ = tokio::time::timeout(run.pace, stopping.changed()).await;
    }
    *stopping.borrow()
}

fn text(run: &Run) -> String {
    if showcase::wanted(run) {
        return showcase::TEXT.to_owned();
    }
    let query = run.variable(["sys", "query"]);
    let email = run.variable(["start", "__oidc_email"]);
    let word = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    format!(
        "q={} user={} email={}",
        word(&query),
        run.user.session,
        word(&email)
    )
}

fn word_event(run: &Run, word: &str) -> Value {
    let mut event = run.chunk(word, ["", ""]);
    event["from_variable_selector"] = Value::Null;
    if run.mode() == Mode::AgentChat {
        event["event"] = json!("agent_message");
    }
    event
}

fn thought(run: &Run) -> Value {
    let mut event = run.chunk("", ["", ""]);
    event["event"] = json!("agent_thought");
    for member in ["thought", "observation", "tool", "tool_input"] {
        event[member] = json!("");
    }
    event["position"] = json!(1);
    event["tool_labels"] = json!({});
    event["message_files"] = json!([]);
    event
}
