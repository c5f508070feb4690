// Streams of apps for which there is no recording, because they need a model or a plugin: written after the classes of
// Dify's core/app/entities/task_entities.py.

const CHAT = { task_id: "task", message_id: "message", conversation_id: "conversation", created_at: 1795235705 };
const RUN = { task_id: "task", workflow_run_id: "run" };

const USAGE = {
  prompt_tokens: 33,
  completion_tokens: 12,
  total_tokens: 45,
  total_price: "0.0000315",
  currency: "USD",
  latency: 1.25,
};

const END = { event: "message_end", ...CHAT, id: "message" };

const SOURCE = {
  position: 1,
  dataset_id: "dataset",
  dataset_name: "Handbook",
  document_id: "document",
  document_name: "Holidays.pdf",
  segment_id: "segment",
  content: "Everybody has 30 days.",
  score: 0.87,
};

function thought(position: number, more: object) {
  return { event: "agent_thought", ...CHAT, id: `thought-${position}`, position, tool: "", tool_input: "", ...more };
}

function node(event: string, id: string, more: object = {}) {
  const data = { id, node_id: id, node_type: "llm", title: id, index: 1, created_at: 1795235705, ...more };
  return { event, ...RUN, data };
}

const WEATHER = { tool: "weather;map", tool_labels: { weather: { en_US: "Weather", zh_Hans: "天气" } } };

const FORM = {
  form_id: "form",
  node_id: "approve",
  node_title: "Approve",
  form_content: "Approve {{#$output.comment#}}?",
  inputs: [{ output_variable_name: "comment", type: "paragraph", default: { type: "variable", selector: ["a", "b"] } }],
  actions: [{ id: "yes", title: "Yes", button_style: "primary" }],
  form_token: "token",
  resolved_default_values: { comment: "as agreed" },
  expiration_time: 1795495189,
};

export const WRITTEN: Readonly<Record<string, readonly object[]>> = {
  agent: [
    thought(1, { thought: "I need the weather." }),
    thought(1, { thought: "I need the weather.", ...WEATHER, tool_input: '{"weather": {"city": "Bern"}}' }),
    { event: "message_file", ...CHAT, id: "file", type: "image", belongs_to: "assistant", url: "https://files/a.png" },
    thought(1, {
      thought: "I need the weather.",
      ...WEATHER,
      tool_input: '{"weather": {"city": "Bern"}}',
      observation: '{"weather": "sunny"}',
      message_files: ["file"],
    }),
    { event: "agent_message", ...CHAT, id: "message", answer: "It is " },
    { event: "agent_message", ...CHAT, id: "message", answer: "sunny ☀️." },
    thought(2, { thought: "It is sunny ☀️." }),
    { ...END, metadata: { usage: USAGE } },
  ],
  "chat-with-citations": [
    { event: "message", ...CHAT, id: "message", answer: "30 days." },
    { event: "tts_message", ...CHAT, audio: "SUQz" },
    { event: "tts_message_end", ...CHAT, audio: "" },
    { ...END, metadata: { usage: USAGE, retriever_resources: [SOURCE, { position: 2 }] } },
  ],
  "chat-annotated": [
    { event: "message", ...CHAT, id: "message", answer: "Generated" },
    { event: "message_replace", ...CHAT, answer: "Written by a person", reason: "annotation" },
    { ...END, metadata: { annotation_reply: { id: "annotation", account: { id: "account", name: "Ada" } } } },
  ],
  "chat-failed": [
    { event: "message", ...CHAT, id: "message", answer: "As far as " },
    {
      event: "error",
      message_id: "message",
      conversation_id: "conversation",
      code: "provider_quota_exceeded",
      message: "Your quota is used up.",
      status: 400,
    },
  ],
  "gateway-timeout": [
    { event: "workflow_started", ...CHAT, workflow_run_id: "run", data: { id: "run", inputs: {}, reason: "initial" } },
    { event: "message", ...CHAT, id: "message", answer: "As far as " },
    { event: "error", code: "gateway_timeout", message: "ended by the gateway", status: 504, request_id: "r1" },
  ],
  "connection-lost": [{ event: "message", ...CHAT, id: "message", answer: "As far as " }],
  reasoning: [
    { event: "reasoning_chunk", ...RUN, data: { message_id: "message", node_id: "llm", reasoning: "First " } },
    { event: "reasoning_chunk", ...RUN, data: { node_id: "llm", reasoning: "this.", is_final: true } },
    { event: "reasoning_chunk", ...RUN, data: { node_id: "llm2", reasoning: "Then that." } },
    { event: "message", ...CHAT, id: "message", answer: "Done." },
    { ...END, metadata: { reasoning: { llm: "First this.", llm2: "Then that." } } },
  ],
  "reasoning-at-the-end": [
    { event: "message", ...CHAT, id: "message", answer: "Done." },
    { ...END, metadata: { reasoning: { llm: "First this." } } },
  ],
  iteration: [
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: { __oidc_email: "a@b", q: "x" } } },
    node("iteration_started", "each", { node_type: "iteration", metadata: { iterator_length: 2 }, inputs: {} }),
    node("iteration_next", "each", { index: 0 }),
    node("node_started", "a1", { node_id: "inner", iteration_id: "each" }),
    node("node_finished", "a1", { node_id: "inner", iteration_id: "each", status: "succeeded", elapsed_time: 0.1 }),
    node("iteration_next", "each", { index: 1 }),
    node("node_started", "a2", { node_id: "inner", iteration_id: "each" }),
    node("node_retry", "a2", { node_id: "inner", iteration_id: "each", status: "retry", error: "504", retry_index: 1 }),
    node("node_finished", "a2", {
      node_id: "inner",
      iteration_id: "each",
      status: "succeeded",
      execution_metadata: { iteration_index: 1, total_tokens: 7 },
    }),
    node("iteration_completed", "each", { node_type: "iteration", status: "succeeded", outputs: { output: [1, 2] } }),
    node("loop_started", "again", { node_type: "loop", metadata: { loop_length: 3 } }),
    node("loop_next", "again", { index: 0 }),
    node("node_started", "b1", { node_id: "inner2", loop_id: "again" }),
    node("node_finished", "b1", { node_id: "inner2", loop_id: "again", status: "failed", error: "no" }),
    node("loop_completed", "again", { node_type: "loop", status: "failed", error: "no" }),
    { event: "text_chunk", ...RUN, data: { text: "half" } },
    { event: "text_replace", ...RUN, data: { text: "whole" } },
    { event: "workflow_finished", ...RUN, data: { id: "run", status: "partial-succeeded", outputs: { o: 1 } } },
  ],
  "agent-log": [
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: {} } },
    node("node_started", "agent", { node_type: "agent", agent_strategy: { name: "ReAct", icon: "" } }),
    log("round", null, "start"),
    log("call", "round", "start"),
    log("call", "round", "success"),
    log("round", null, "success"),
    node("node_finished", "agent", { node_type: "agent", status: "succeeded" }),
    { event: "workflow_finished", ...RUN, data: { id: "run", status: "succeeded" } },
  ],
  "form-answered": [
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: {} } },
    { event: "human_input_required", ...RUN, data: FORM },
    { event: "workflow_paused", ...RUN, data: { paused_nodes: ["approve"], reasons: [FORM] } },
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: {}, reason: "resumption" } },
    {
      event: "human_input_form_filled",
      ...RUN,
      data: { node_id: "approve", action_id: "yes", action_text: "Yes", rendered_content: "Approve fine?" },
    },
    { event: "workflow_finished", ...RUN, data: { id: "run", status: "succeeded" } },
  ],
  "form-expired": [
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: {} } },
    { event: "human_input_required", ...RUN, data: { ...FORM, form_token: null } },
    { event: "workflow_paused", ...RUN, data: { paused_nodes: ["approve"], reasons: [{ ...FORM, form_token: null }] } },
    { event: "workflow_started", ...RUN, data: { id: "run", inputs: {}, reason: "resumption" } },
    { event: "human_input_form_timeout", ...RUN, data: { node_id: "approve", node_title: "Approve" } },
    { event: "workflow_finished", ...RUN, data: { id: "run", status: "failed", error: "nobody answered" } },
  ],
};

function log(id: string, parent: string | null, status: string) {
  const data = { node_execution_id: "agent", node_id: "agent", id, parent_id: parent, label: id, status, data: { id } };
  return { event: "agent_log", ...RUN, data };
}
