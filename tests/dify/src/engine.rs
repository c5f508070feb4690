//! Carries a run with a graph out, event by event.

use std::sync::Arc;
use std::time::Duration;

use serde_json::{Value, json};
use uuid::Uuid;

use crate::events::{NodeResult, View};
use crate::human_input::HumanForm;
use crate::messages;
use crate::program::{Middle, Piece};
use crate::python;
use crate::runs::{Node, Run, Status};
use crate::sound;
use crate::world::{World, now};

/// Somebody asked the run to stop.
struct Stopped;

/// One run and the world that it runs in.
pub(crate) struct Engine {
    world: Arc<World>,
    run: Arc<Run>,
}

impl Engine {
    pub(crate) fn new(world: &Arc<World>, run: &Arc<Run>) -> Self {
        Self {
            world: Arc::clone(world),
            run: Arc::clone(run),
        }
    }

    /// Runs until the end or a pause.
    pub(crate) async fn start(self) {
        if self.first_half().await.is_err() {
            self.finish_stopped();
        }
    }

    /// Goes on after a form was submitted, with what it says.
    pub(crate) async fn resume(self, comment: String, action: Value) {
        tokio::time::sleep(self.world.options.resume_delay).await;
        if self.second_half(comment, action).await.is_err() {
            self.finish_stopped();
        }
    }

    async fn first_half(&self) -> Result<(), Stopped> {
        let program = self.run.program();
        self.tell(self.run.workflow_started("initial", View::Live))
            .await?;
        let (early, late) = program.pieces.split_at(program.early_pieces());
        self.say(early).await?;
        let start = self.begin("start", "start").await?;
        let inputs = Value::Object(self.run.inputs.clone());
        self.end(start, NodeResult::of(inputs.clone(), json!({}), inputs))
            .await?;
        match program.middle {
            Middle::Assign => self.assign().await?,
            Middle::Http => {
                if !self.call_server(late).await? {
                    return Ok(());
                }
            }
            Middle::Human => return self.pause().await,
            Middle::Nothing => {}
        }
        self.conclude().await
    }

    async fn second_half(&self, comment: String, action: Value) -> Result<(), Stopped> {
        self.run.change(|state| {
            state.status = Status::Running;
            state.variables.insert(["human", "comment"], json!(comment));
        });
        self.tell(self.run.workflow_started("resumption", View::Live))
            .await?;
        let node = self.resumed_node();
        self.tell(self.run.node_started(&node, View::Live, 1))
            .await?;
        self.say(self.run.program().pieces).await?;
        let rendered = format!(
            "Approve {} ?\n{comment}",
            text(&self.run.variable(["start", "q"]))
        );
        let outputs = json!({
            "comment": comment,
            "__action_id": action["id"],
            "__action_value": action["title"],
            "__rendered_content": rendered,
        });
        let inputs = json!({ "comment": { "value_type": "string", "value": comment } });
        self.end(node, NodeResult::of(inputs, json!({}), outputs))
            .await?;
        self.conclude().await
    }

    async fn assign(&self) -> Result<(), Stopped> {
        let node = self.begin("assign", "assigner").await?;
        let query = text(&self.run.variable(["sys", "query"]));
        messages::assign_variable(&self.world, &self.run, "last", &query);
        let updated = json!([{
            "name": "last", "selector": ["conversation", "last"], "value_type": "string", "new_value": query,
        }]);
        let inputs = json!({
            "type": "assigner", "title": "assign", "desc": "", "version": "2", "error_strategy": null,
            "default_value": null, "selected": false,
            "retry_config": { "max_retries": 0, "retry_interval": 0, "retry_enabled": false },
            "items": [{
                "variable_selector": ["conversation", "last"], "input_type": "variable", "operation": "over-write",
                "value": ["sys", "query"],
            }],
        });
        let process = json!({ "last": query, "__updated_variables": updated });
        self.end(node, NodeResult::of(inputs, process, json!({})))
            .await
    }

    /// Whether the server answered. It sleeps as long as it is asked to and drops what is not a number.
    async fn call_server(&self, late: &[Piece]) -> Result<bool, Stopped> {
        let node = self.begin("http", "http-request").await?;
        let seconds = text(&self.run.variable(["start", "secs"]));
        let process = json!({ "request": format!("GET /slow?s={seconds} HTTP/1.1\r\nHost: 127.0.0.1:5099\r\n\r\n") });
        let parsed = if seconds.is_empty() {
            Ok(0.0)
        } else {
            seconds.parse::<f64>()
        };
        let Ok(duration) = parsed else {
            self.fail(node, process).await?;
            return Ok(false);
        };
        self.sleep(
            self.world
                .options
                .slow_second
                .mul_f64(duration.clamp(0.0, 3600.0)),
        )
        .await?;
        let body = format!("{{\"slept\":{duration}}}");
        self.run
            .change(|state| drop(state.variables.insert(["http", "body"], json!(body))));
        self.say(late).await?;
        let headers = json!({
            "server": "stand-in", "date": "Sat, 21 Nov 2026 04:41:47 GMT", "content-type": "application/json",
            "content-length": body.len().to_string(),
        });
        let outputs = json!({ "status_code": 200, "body": body, "headers": headers, "files": [] });
        self.end(node, NodeResult::of(json!({}), process, outputs))
            .await?;
        Ok(true)
    }

    async fn fail(&self, node: Node, process: Value) -> Result<(), Stopped> {
        let error = "Server disconnected without sending a response.".to_owned();
        let result = NodeResult {
            inputs: json!({}),
            process,
            outputs: json!({}),
            error: Some(error.clone()),
        };
        self.end(node, result).await?;
        self.finish(Status::Failed, json!({}), Some(error));
        Ok(())
    }

    async fn pause(&self) -> Result<(), Stopped> {
        let node = self.begin("human", "human-input").await?;
        let form = HumanForm::open(&self.world, &self.run, node.id);
        self.tell(self.run.event("human_input_required", form.clone()))
            .await?;
        self.nap().await?;
        let elapsed = self.run.elapsed();
        self.run.change(|state| {
            for node in &mut state.nodes {
                node.status.get_or_insert("paused");
            }
            state.status = Status::Paused;
            state.form = Some(form.clone());
            state.events.push(self.run.workflow_paused(&form, elapsed));
        });
        Ok(())
    }

    /// The node that waited, entered again: Dify counts its second execution as one more step.
    fn resumed_node(&self) -> Node {
        let mut state = self.run.state();
        let waited = state.nodes.last().map_or_else(Uuid::new_v4, |node| node.id);
        let node = Node {
            id: waited,
            name: "human",
            kind: "human-input",
            created_at: now(),
            status: None,
        };
        state.nodes.push(node.clone());
        node
    }

    async fn conclude(&self) -> Result<(), Stopped> {
        let program = self.run.program();
        let node = self.begin(program.last, program.last).await?;
        let outputs = match self.run.chat {
            Some(_) => json!({ "answer": self.answer(), "files": [] }),
            None => program
                .outputs
                .iter()
                .map(|&(name, from)| (name, self.run.variable(from)))
                .collect(),
        };
        let inputs = if self.run.chat.is_some() {
            json!({})
        } else {
            outputs.clone()
        };
        let result = NodeResult::of(inputs, json!({}), outputs.clone());
        self.end(node, result).await?;
        if self.run.chat.is_some() {
            self.tell(self.run.message_end()).await?;
        }
        self.speak().await?;
        self.nap().await?;
        self.finish(Status::Succeeded, outputs, None);
        Ok(())
    }

    /// What an app with `autoPlay` says of its answer, in pieces that no frame of the sound ends with
    /// (`core/base/tts/app_generator_tts_publisher.py`).
    async fn speak(&self) -> Result<(), Stopped> {
        if !self.run.app.has_audio() {
            return Ok(());
        }
        for piece in sound::silence(40).chunks(1000) {
            self.tell(self.run.spoken(piece)).await?;
        }
        self.tell(self.run.spoken_to_the_end()).await
    }

    fn answer(&self) -> String {
        self.run
            .program()
            .pieces
            .iter()
            .map(|piece| self.piece(piece).0)
            .collect()
    }

    /// Text and source of a piece.
    fn piece(&self, piece: &Piece) -> (String, [&'static str; 2]) {
        match *piece {
            Piece::Text(text) => (text.to_owned(), [self.run.program().last, "answer"]),
            Piece::Variable(selector) => (text(&self.run.variable(selector)), selector),
        }
    }

    async fn say(&self, pieces: &[Piece]) -> Result<(), Stopped> {
        for piece in pieces {
            let (text, selector) = self.piece(piece);
            self.tell(self.run.chunk(&text, selector)).await?;
        }
        Ok(())
    }

    async fn begin(&self, name: &'static str, kind: &'static str) -> Result<Node, Stopped> {
        let node = Node {
            id: Uuid::new_v4(),
            name,
            kind,
            created_at: now(),
            status: None,
        };
        self.run.state().nodes.push(node.clone());
        self.tell(self.run.node_started(&node, View::Live, 1))
            .await?;
        Ok(node)
    }

    async fn end(&self, node: Node, result: NodeResult) -> Result<(), Stopped> {
        let status = if result.error.is_some() {
            "failed"
        } else {
            "succeeded"
        };
        let node = Node {
            status: Some(status),
            ..node
        };
        self.run.change(|state| {
            if let Some(begun) = state
                .nodes
                .iter_mut()
                .rev()
                .find(|begun| begun.id == node.id)
            {
                begun.status = node.status;
            }
        });
        self.tell(self.run.node_finished(&node, View::Live, 1, result))
            .await
    }

    fn finish_stopped(&self) {
        self.finish(
            Status::Stopped,
            json!({}),
            Some("Aborted: User requested stop".to_owned()),
        );
    }

    /// Ends the run and tells so, in one step: who sees the last event sees the end.
    fn finish(&self, status: Status, outputs: Value, error: Option<String>) {
        if self.run.chat.is_some() {
            messages::conclude(
                &self.world,
                &self.run,
                &text(&outputs["answer"]),
                error.as_deref(),
            );
        }
        self.run.change(|state| {
            state.status = status;
            state.outputs = outputs;
            state.error = error;
            state.finished_at = Some(now());
            state.elapsed = self.run.elapsed();
            let event = self.run.workflow_finished(state);
            state.events.push(event);
        });
    }

    async fn tell(&self, event: Value) -> Result<(), Stopped> {
        self.nap().await?;
        self.run.tell(event);
        Ok(())
    }

    async fn nap(&self) -> Result<(), Stopped> {
        self.sleep(self.run.pace).await
    }

    async fn sleep(&self, duration: Duration) -> Result<(), Stopped> {
        let mut stopping = self.run.stopping();
        if *stopping.borrow() {
            return Err(Stopped);
        }
        if duration.is_zero() {
            return Ok(());
        }
        tokio::select! {
            () = tokio::time::sleep(duration) => Ok(()),
            _ = stopping.changed() => Err(Stopped),
        }
    }
}

/// A variable as a template shows it: null is empty.
fn text(value: &Value) -> String {
    if value.is_null() {
        String::new()
    } else {
        python::str(value)
    }
}
