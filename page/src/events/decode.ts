// Makes an event of the JSON that Dify sends. What the page does not know, and what has another shape than it should, is
// null: it changes nothing.

import * as limits from "../limits";
import {
  readAgentLog,
  readContainer,
  readFile,
  readFiles,
  readForm,
  readFormAnswer,
  readMessageEnd,
  readNode,
  readThought,
} from "./data";
import { asCount, asList, asName, asNumber, asObject, asShownData, asText, type JsonObject } from "./shape";
import type { Ids, RunEnd, StreamEvent } from "./types";

/** An event without what it belongs to. */
type Content = StreamEvent extends infer Event ? (Event extends unknown ? Omit<Event, "ids"> : never) : never;

type Decoder = (frame: JsonObject, data: JsonObject) => Content | null;

/** The names of `StreamEvent` in Dify's `core/app/entities/task_entities.py`. `ping` has no data and never comes here. */
const DECODERS: Readonly<Record<string, Decoder>> = {
  message: (frame) => text(frame["answer"]),
  agent_message: (frame) => text(frame["answer"]),
  text_chunk: (_, data) => text(data["text"]),
  message_replace: (frame) => replaced(frame["answer"]),
  text_replace: (_, data) => replaced(data["text"]),
  agent_thought: (frame) => wrap(readThought(frame), (thought) => ({ kind: "thought", thought })),
  reasoning_chunk: (_, data) => reasoning(data),
  message_file: (frame) => wrap(readFile(frame), (file) => ({ kind: "file", file })),
  message_end: (frame) => ({ kind: "message-end", end: readMessageEnd(frame) }),
  tts_message: (frame) =>
    wrap(asText(frame["audio"], limits.EVENT), (audio) => ({ kind: "speech", audio, last: false })),
  tts_message_end: () => ({ kind: "speech", audio: "", last: true }),
  error: (frame) => ({
    kind: "error",
    code: asName(frame["code"]) ?? "unknown",
    message: asText(frame["message"]) ?? "",
    status: asCount(frame["status"]),
  }),
  workflow_started: () => ({ kind: "run-started" }),
  workflow_paused: (_, data) => ({ kind: "run-paused", forms: asList(data["reasons"], readForm) }),
  workflow_finished: (_, data) => wrap(runEnd(data), (end) => ({ kind: "run-finished", end })),
  node_started: (_, data) => wrap(readNode(data), (node) => ({ kind: "node-started", node })),
  node_finished: (_, data) => wrap(readNode(data), (node) => ({ kind: "node-finished", node })),
  node_retry: (_, data) =>
    wrap(readNode(data), (node) => ({ kind: "node-retried", node, attempt: asCount(data["retry_index"]) ?? 1 })),
  iteration_started: containerStarted,
  iteration_next: containerRound,
  iteration_completed: containerFinished,
  loop_started: containerStarted,
  loop_next: containerRound,
  loop_completed: containerFinished,
  agent_log: (_, data) => wrap(readAgentLog(data), (log) => ({ kind: "agent-log", log })),
  human_input_required: (_, data) => wrap(readForm(data), (form) => ({ kind: "form-required", form })),
  human_input_form_filled: (_, data) => wrap(readFormAnswer(data), (answer) => ({ kind: "form-filled", answer })),
  human_input_form_timeout: (_, data) => wrap(asName(data["node_id"]), (nodeId) => ({ kind: "form-expired", nodeId })),
};

/** The event of one `data:` field. */
export function decode(json: string): StreamEvent | null {
  if (json.length > limits.EVENT) return null;
  const frame = parse(json);
  const name = asName(frame?.["event"]);
  if (frame === null || name === null || !Object.hasOwn(DECODERS, name)) return null;
  const content = DECODERS[name]?.(frame, asObject(frame["data"]) ?? {}) ?? null;
  return content && ({ ...content, ids: idsOf(frame) } as StreamEvent);
}

function parse(json: string): JsonObject | null {
  try {
    return asObject(JSON.parse(json));
  } catch {
    return null;
  }
}

function idsOf(frame: JsonObject): Ids {
  return {
    taskId: asName(frame["task_id"]),
    messageId: asName(frame["message_id"]),
    conversationId: asName(frame["conversation_id"]),
    runId: asName(frame["workflow_run_id"]),
  };
}

function wrap<T>(value: T | null, content: (value: T) => Content): Content | null {
  return value === null ? null : content(value);
}

function text(value: unknown): Content | null {
  return wrap(asText(value, limits.ANSWER), (text) => ({ kind: "text", text }));
}

function replaced(value: unknown): Content | null {
  return wrap(asText(value, limits.ANSWER), (text) => ({ kind: "text-replaced", text }));
}

function reasoning(data: JsonObject): Content | null {
  const text = asText(data["reasoning"]) ?? asText(data["text"]);
  const nodeId = asName(data["node_id"]) ?? "";
  return wrap(text, (text) => ({ kind: "reasoning", nodeId, text, last: data["is_final"] === true }));
}

function runEnd(data: JsonObject): RunEnd | null {
  const status = asName(data["status"]);
  if (status === null) return null;
  return {
    status,
    error: asText(data["error"]),
    outputs: asShownData(data["outputs"], limits.ANSWER),
    files: readFiles(data["files"]),
    elapsed: asNumber(data["elapsed_time"]),
    tokens: asCount(data["total_tokens"]),
  };
}

function containerStarted(_: JsonObject, data: JsonObject): Content | null {
  return wrap(readContainer(data), (node) => ({ kind: "container-started", node }));
}

function containerFinished(_: JsonObject, data: JsonObject): Content | null {
  return wrap(readContainer(data), (node) => ({ kind: "container-finished", node }));
}

function containerRound(_: JsonObject, data: JsonObject): Content | null {
  const id = asName(data["id"]);
  const nodeId = asName(data["node_id"]);
  if (id === null || nodeId === null) return null;
  return { kind: "container-round", id, nodeId, round: asCount(data["index"]) ?? 0 };
}
