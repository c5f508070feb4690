// Reads the parts of events that have a shape of their own, and occur in Dify's other answers too.

import * as limits from "../limits";
import {
  asCount,
  asDecimal,
  asList,
  asName,
  asNumber,
  asObject,
  asShownData,
  asText,
  asTime,
  cut,
  isHiddenInput,
  type JsonObject,
} from "./shape";
import type {
  AgentLogData,
  AnnotationReply,
  AnswerFile,
  Citation,
  ContainerData,
  FormAction,
  FormAnswer,
  FormData,
  FormInput,
  MessageEndData,
  NodeData,
  ReasoningText,
  Thought,
  Usage,
} from "./types";

/** A file: of `message_file`, of a message, of what a run or a node gives. */
export function readFile(value: unknown): AnswerFile | null {
  const file = asObject(value);
  const id = asName(file?.["id"]) ?? asName(file?.["related_id"]) ?? asName(file?.["upload_file_id"]);
  if (file === null || id === null) return null;
  return {
    id,
    type: asName(file["type"]) ?? "custom",
    name: asName(file["filename"]) ?? asName(file["name"]),
    mediaType: asName(file["mime_type"]),
    size: asCount(file["size"]),
    url: asText(file["url"], limits.SIDE_TEXT) || asText(file["remote_url"]) || null,
    belongsTo: file["belongs_to"] === "user" ? "user" : "assistant",
    method: asName(file["transfer_method"]),
    uploadId: asName(file["upload_file_id"]),
  };
}

export function readFiles(value: unknown): readonly AnswerFile[] {
  return asList(value, readFile);
}

export function readCitation(value: unknown): Citation | null {
  const resource = asObject(value);
  const document = asName(resource?.["document_name"]);
  if (resource === null || document === null) return null;
  return {
    position: asCount(resource["position"]) ?? 0,
    dataset: asName(resource["dataset_name"]),
    document,
    content: asText(resource["content"]) ?? "",
    score: asNumber(resource["score"]),
  };
}

export function readThought(value: unknown): Thought | null {
  const thought = asObject(value);
  const id = asName(thought?.["id"]);
  if (thought === null || id === null) return null;
  return {
    id,
    position: asCount(thought["position"]) ?? 0,
    thought: asText(thought["thought"]) ?? "",
    // An agent that calls several tools at once names them with semicolons between.
    tools: (asText(thought["tool"], limits.NAME) ?? "").split(";").filter((name) => name !== ""),
    toolInput: asText(thought["tool_input"]) ?? "",
    observation: asText(thought["observation"]) ?? "",
    toolLabels: asObject(thought["tool_labels"]) ?? {},
    files: asList(thought["message_files"], readFileReference),
  };
}

/** The events name files by id; messages contain the files themselves, in releases that fill the field. */
function readFileReference(value: unknown): string | null {
  return asName(value) ?? asName(asObject(value)?.["id"]);
}

export function readMessageEnd(frame: JsonObject): MessageEndData {
  const metadata = asObject(frame["metadata"]) ?? {};
  return {
    usage: readUsage(metadata["usage"]),
    citations: asList(metadata["retriever_resources"], readCitation),
    annotation: readAnnotation(metadata["annotation_reply"]),
    reasoning: readReasoning(metadata["reasoning"]),
    files: readFiles(frame["files"]),
  };
}

function readUsage(value: unknown): Usage | null {
  const usage = asObject(value);
  if (usage === null) return null;
  return {
    promptTokens: asCount(usage["prompt_tokens"]),
    completionTokens: asCount(usage["completion_tokens"]),
    totalTokens: asCount(usage["total_tokens"]),
    totalPrice: asDecimal(usage["total_price"]),
    currency: asName(usage["currency"]),
    latency: asNumber(usage["latency"]),
  };
}

function readAnnotation(value: unknown): AnnotationReply | null {
  const annotation = asObject(value);
  const id = asName(annotation?.["id"]);
  return id === null ? null : { id, author: asName(asObject(annotation?.["account"])?.["name"]) };
}

function readReasoning(value: unknown): readonly ReasoningText[] {
  return asList(Object.entries(asObject(value) ?? {}), (entry) => {
    const [nodeId, text] = entry as [string, unknown];
    return typeof text === "string" && text !== "" ? { nodeId, text: cut(text, limits.SIDE_TEXT) } : null;
  });
}

export function readNode(value: unknown): NodeData | null {
  const node = asObject(value);
  const id = asName(node?.["id"]);
  const nodeId = asName(node?.["node_id"]);
  if (node === null || id === null || nodeId === null) return null;
  const metadata = asObject(node["execution_metadata"]) ?? {};
  return {
    id,
    nodeId,
    nodeType: asName(node["node_type"]) ?? "",
    title: asName(node["title"]) ?? nodeId,
    status: asName(node["status"]),
    error: asText(node["error"]),
    elapsed: asNumber(node["elapsed_time"]),
    tokens: asCount(metadata["total_tokens"]) ?? asCount(node["total_tokens"]),
    inputs: asShownData(node["inputs"]),
    outputs: asShownData(node["outputs"]),
    files: readFiles(node["files"]),
    container: asName(node["iteration_id"]) ?? asName(node["loop_id"]),
    round: asCount(metadata["iteration_index"]) ?? asCount(metadata["loop_index"]),
  };
}

export function readContainer(value: unknown): ContainerData | null {
  const node = readNode(value);
  const metadata = asObject(asObject(value)?.["metadata"]) ?? {};
  return node && { ...node, length: asCount(metadata["iterator_length"]) ?? asCount(metadata["loop_length"]) };
}

export function readAgentLog(value: unknown): AgentLogData | null {
  const log = asObject(value);
  const id = asName(log?.["id"]);
  const nodeExecutionId = asName(log?.["node_execution_id"]);
  if (log === null || id === null || nodeExecutionId === null) return null;
  return {
    id,
    nodeExecutionId,
    parentId: asName(log["parent_id"]),
    label: asName(log["label"]) ?? "",
    status: asName(log["status"]) ?? "",
    error: asText(log["error"]),
    data: asShownData(log["data"]),
  };
}

/** A form: of `human_input_required`, of a reason to pause, of a message's extra contents. */
export function readForm(value: unknown): FormData | null {
  const form = asObject(value);
  const nodeId = asName(form?.["node_id"]);
  if (form === null || nodeId === null) return null;
  return { ...readFormBody(form), nodeId, nodeTitle: asName(form["node_title"]) ?? nodeId };
}

/** A form without the node that asks it, as `GET /form/human_input/<token>` gives it. */
export function readFormBody(form: JsonObject): Omit<FormData, "nodeId" | "nodeTitle"> {
  const resolved = asObject(form["resolved_default_values"]) ?? {};
  return {
    formId: asName(form["form_id"]) ?? "",
    content: asText(form["form_content"]) ?? "",
    inputs: asList(form["inputs"], (input) => readFormInput(input, resolved)),
    actions: asList(form["actions"] ?? form["user_actions"], readFormAction),
    token: asName(form["form_token"]),
    expiresAt: asTime(form["expiration_time"]),
  };
}

function readFormInput(value: unknown, resolved: JsonObject): FormInput | null {
  const input = asObject(value);
  const name = asName(input?.["output_variable_name"]);
  if (input === null || name === null || isHiddenInput(name)) return null;
  const standard = asObject(input["default"]) ?? {};
  const constant = standard["type"] === "constant" ? standard["value"] : undefined;
  const source = asObject(input["option_source"]) ?? {};
  return {
    name,
    type: asName(input["type"]) ?? "",
    initial: asText(resolved[name]) ?? asText(constant) ?? "",
    options: asList(source["value"] ?? input["options"], asName),
  };
}

function readFormAction(value: unknown): FormAction | null {
  const action = asObject(value);
  const id = asName(action?.["id"]);
  if (action === null || id === null) return null;
  return { id, title: asName(action["title"]) ?? id, style: asName(action["button_style"]) ?? "default" };
}

/** What was answered: of `human_input_form_filled`, and of a message's extra contents. */
export function readFormAnswer(value: unknown): FormAnswer | null {
  const answer = asObject(value);
  const nodeId = asName(answer?.["node_id"]);
  if (answer === null || nodeId === null) return null;
  return {
    nodeId,
    actionId: asName(answer["action_id"]),
    actionTitle: asName(answer["action_text"]),
    content: asText(answer["rendered_content"]) ?? "",
  };
}
