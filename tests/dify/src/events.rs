//! The events of a run with a graph, in the shapes of the recording.

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use serde_json::{Value, json};

use crate::runs::{Node, Run, State, Status};

/// Where an event shows a run from: told as it happens, or put together from what is stored.
#[derive(Clone, Copy, Eq, PartialEq)]
pub(crate) enum View {
    Live,
    Stored,
}

impl Run {
    /// The envelope that every event of the run has.
    pub(crate) fn event(&self, name: &str, data: Value) -> Value {
        let mut event = self.message_event(name);
        event["workflow_run_id"] = json!(self.id);
        event["data"] = data;
        event
    }

    fn message_event(&self, name: &str) -> Value {
        let mut event = json!({ "event": name, "task_id": self.task_id });
        if let Some(chat) = &self.chat {
            event["message_id"] = json!(chat.message);
            event["created_at"] = json!(self.created_at);
            if let Some(conversation) = chat.conversation {
                event["conversation_id"] = json!(conversation);
            }
        }
        event
    }

    /// A piece of the answer: `message` in a chat, `text_chunk` in a workflow.
    pub(crate) fn chunk(&self, text: &str, selector: [&str; 2]) -> Value {
        let Some(chat) = &self.chat else {
            return self.event(
                "text_chunk",
                json!({ "text": text, "from_variable_selector": selector }),
            );
        };
        let mut event = self.message_event("message");
        event["id"] = json!(chat.message);
        event["answer"] = json!(text);
        event["from_variable_selector"] = json!(selector);
        event
    }

    pub(crate) fn message_end(&self) -> Value {
        let mut event = self.message_event("message_end");
        event["id"] = json!(self.chat.as_ref().map(|chat| chat.message));
        event["metadata"] = metadata(self.elapsed());
        event["files"] = json!([]);
        event
    }

    /// A piece of the spoken answer.
    pub(crate) fn spoken(&self, piece: &[u8]) -> Value {
        let mut event = self.message_event("tts_message");
        event["audio"] = json!(STANDARD.encode(piece));
        event
    }

    pub(crate) fn spoken_to_the_end(&self) -> Value {
        let mut event = self.message_event("tts_message_end");
        event["audio"] = json!("");
        event
    }

    pub(crate) fn workflow_started(&self, reason: &str, view: View) -> Value {
        let data = json!({
            "id": self.id,
            "workflow_id": self.workflow_id,
            "inputs": self.all_inputs(view == View::Stored),
            "created_at": self.created_at,
            "reason": reason,
        });
        self.event("workflow_started", data)
    }

    pub(crate) fn workflow_paused(&self, form: &Value, elapsed: f64) -> Value {
        let data = json!({
            "workflow_run_id": self.id,
            "paused_nodes": ["human"],
            "outputs": {},
            "reasons": [pause_reason(form)],
            "status": "paused",
            "created_at": self.created_at,
            "elapsed_time": elapsed,
            "total_tokens": 0,
            "total_steps": 2,
        });
        self.event("workflow_paused", data)
    }

    pub(crate) fn workflow_finished(&self, state: &State) -> Value {
        let data = json!({
            "id": self.id,
            "workflow_id": self.workflow_id,
            "status": state.status.name(),
            "outputs": state.outputs,
            "error": state.error,
            "elapsed_time": state.elapsed,
            "total_tokens": 0,
            "total_steps": state.nodes.len(),
            "created_by": { "id": self.user.id, "user": self.user.session },
            "created_at": self.created_at,
            "finished_at": state.finished_at,
            "exceptions_count": state.exceptions(),
            "files": [],
        });
        self.event("workflow_finished", data)
    }

    pub(crate) fn node_started(&self, node: &Node, view: View, index: usize) -> Value {
        let mut data = node_data(node, index);
        data["extras"] = json!({});
        if view == View::Live {
            data["inputs_truncated"] = json!(false);
            data["agent_strategy"] = Value::Null;
        }
        self.event("node_started", data)
    }

    /// The end of a node; the stored view does not tell what went in and came out.
    pub(crate) fn node_finished(
        &self,
        node: &Node,
        view: View,
        index: usize,
        told: NodeResult,
    ) -> Value {
        let mut data = node_data(node, index);
        data["status"] = json!(node.status);
        data["error"] = json!(told.error);
        data["elapsed_time"] = json!(0.0001);
        data["execution_metadata"] = Value::Null;
        data["finished_at"] = json!(node.created_at);
        data["files"] = json!([]);
        data["inputs"] = told.inputs;
        data["process_data"] = told.process;
        data["outputs"] = told.outputs;
        if view == View::Live {
            for member in [
                "inputs_truncated",
                "process_data_truncated",
                "outputs_truncated",
            ] {
                data[member] = json!(false);
            }
        }
        self.event("node_finished", data)
    }
}

/// What a node took and returned.
#[derive(Default)]
pub(crate) struct NodeResult {
    pub(crate) inputs: Value,
    pub(crate) process: Value,
    pub(crate) outputs: Value,
    pub(crate) error: Option<String>,
}

impl NodeResult {
    pub(crate) fn of(inputs: Value, process: Value, outputs: Value) -> Self {
        Self {
            inputs,
            process,
            outputs,
            error: None,
        }
    }
}

fn node_data(node: &Node, index: usize) -> Value {
    json!({
        "id": node.id,
        "node_id": node.name,
        "node_type": node.kind,
        "title": node.name,
        "index": index,
        "predecessor_node_id": null,
        "inputs": null,
        "created_at": node.created_at,
        "iteration_id": null,
        "loop_id": null,
    })
}

/// Why a run paused, as `workflow_paused` and the blocking response tell it.
pub(crate) fn pause_reason(form: &Value) -> Value {
    let mut reason = form.clone();
    reason["TYPE"] = json!("human_input_required");
    if let Some(members) = reason.as_object_mut() {
        members.remove("display_in_ui");
    }
    reason
}

/// `metadata` of an answer; apps with a graph and no model use no tokens.
pub(crate) fn metadata(seconds: f64) -> Value {
    let usage = json!({
        "prompt_tokens": 0, "prompt_unit_price": "0.0", "prompt_price_unit": "0.0", "prompt_price": "0.0",
        "completion_tokens": 0, "completion_unit_price": "0.0", "completion_price_unit": "0.0",
        "completion_price": "0.0", "total_tokens": 0, "total_price": "0.0", "currency": "USD", "latency": 0.0,
        "time_to_first_token": 0.015, "time_to_generate": seconds,
    });
    json!({ "annotation_reply": null, "retriever_resources": [], "usage": usage, "reasoning": {} })
}

/// What a follower gets who asks for the state so far: the stored view of each step.
pub(crate) fn snapshot(run: &Run) -> Vec<Value> {
    let state = run.state();
    let mut events = vec![run.workflow_started("initial", View::Stored)];
    for (index, node) in state.nodes.iter().enumerate() {
        events.push(run.node_started(node, View::Stored, index + 1));
        if node.status.is_some() {
            events.push(run.node_finished(node, View::Stored, index + 1, NodeResult::default()));
        }
    }
    if let (Status::Paused, Some(form)) = (state.status, &state.form) {
        events.push(run.event("human_input_required", form.clone()));
        events.push(run.workflow_paused(form, 0.0));
    }
    events
}
