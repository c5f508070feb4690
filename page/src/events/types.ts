// The events of an answer, as the page reads them: `decode.ts` makes them of what Dify sends.

import type { JsonObject } from "./shape";

/** What an event belongs to. Every event has some of it: chat has no run, a workflow no message. */
export interface Ids {
  readonly taskId: string | null;
  readonly messageId: string | null;
  readonly conversationId: string | null;
  readonly runId: string | null;
}

/** A file that the app has made. */
export interface AnswerFile {
  readonly id: string;
  /** `image`, `document`, `audio`, `video` or `custom`. */
  readonly type: string;
  readonly name: string | null;
  readonly mediaType: string | null;
  /** In bytes. */
  readonly size: number | null;
  /** Signed and short-lived, on Dify's file host, or relative to it; null where only the id is known. */
  readonly url: string | null;
  /** `user` for a file that the person has sent. */
  readonly belongsTo: "user" | "assistant";
  /** How it came to Dify, such as `local_file`, and its id there: with both a message can name it again. */
  readonly method: string | null;
  readonly uploadId: string | null;
}

/** A part of a document that the answer is made from. */
export interface Citation {
  readonly position: number;
  readonly dataset: string | null;
  readonly document: string;
  readonly content: string;
  readonly score: number | null;
}

export interface Usage {
  readonly promptTokens: number | null;
  readonly completionTokens: number | null;
  readonly totalTokens: number | null;
  /** Decimal, in `currency`. */
  readonly totalPrice: string | null;
  readonly currency: string | null;
  /** Seconds. */
  readonly latency: number | null;
}

/** The answer was not generated: an administrator has written it. */
export interface AnnotationReply {
  readonly id: string;
  readonly author: string | null;
}

/** What an agent thought, and the tool that it called. A later event with the same id has more of it. */
export interface Thought {
  readonly id: string;
  readonly position: number;
  readonly thought: string;
  /** The tools' names; empty where it only thought. */
  readonly tools: readonly string[];
  /** JSON, or text. */
  readonly toolInput: string;
  readonly observation: string;
  /** Names for people, by tool and then by language (`en_US`). */
  readonly toolLabels: JsonObject;
  /** Ids of files that `message_file` has brought. */
  readonly files: readonly string[];
}

/** One node that a run went through. */
export interface NodeData {
  /** Of this execution: the same node is executed again in an iteration. */
  readonly id: string;
  readonly nodeId: string;
  readonly nodeType: string;
  readonly title: string;
  readonly status: string | null;
  readonly error: string | null;
  /** Seconds. */
  readonly elapsed: number | null;
  readonly tokens: number | null;
  readonly inputs: JsonObject | null;
  readonly outputs: JsonObject | null;
  readonly files: readonly AnswerFile[];
  /** The node id of the iteration or loop that it is part of. */
  readonly container: string | null;
  /** Which round of that, from 0; known only at its end. */
  readonly round: number | null;
}

/** An iteration or a loop: a node that contains others. */
export interface ContainerData extends NodeData {
  /** How many rounds there will be, where that is known. */
  readonly length: number | null;
}

/** A line that an agent node writes while it works. */
export interface AgentLogData {
  readonly id: string;
  readonly nodeExecutionId: string;
  readonly parentId: string | null;
  readonly label: string;
  readonly status: string;
  readonly error: string | null;
  readonly data: JsonObject | null;
}

/** A field of a form that a run waits for. */
export interface FormInput {
  readonly name: string;
  /** `text_input`, `paragraph`, `select`; `file` and `file-list` cannot be answered through the service API. */
  readonly type: string;
  readonly initial: string;
  readonly options: readonly string[];
}

export interface FormAction {
  readonly id: string;
  readonly title: string;
  /** `primary`, `default`, `accent` or `ghost`. */
  readonly style: string;
}

/** A form that a run waits for. */
export interface FormData {
  readonly nodeId: string;
  readonly nodeTitle: string;
  readonly formId: string;
  /** Markdown; a field stands where `{{#$output.<name>#}}` is. */
  readonly content: string;
  readonly inputs: readonly FormInput[];
  readonly actions: readonly FormAction[];
  /** Null where the form is answered elsewhere, such as by e-mail. */
  readonly token: string | null;
  /** Seconds since 1970. */
  readonly expiresAt: number | null;
}

/** What a person has answered to a form. */
export interface FormAnswer {
  readonly nodeId: string;
  readonly actionId: string | null;
  readonly actionTitle: string | null;
  /** Markdown: the form with the answers in it. */
  readonly content: string;
}

export interface MessageEndData {
  readonly usage: Usage | null;
  readonly citations: readonly Citation[];
  readonly annotation: AnnotationReply | null;
  /** The thoughts of the model by the node that had them. */
  readonly reasoning: readonly ReasoningText[];
  readonly files: readonly AnswerFile[];
}

export interface ReasoningText {
  readonly nodeId: string;
  readonly text: string;
}

export interface RunEnd {
  /** `succeeded`, `partial-succeeded`, `failed` or `stopped`. */
  readonly status: string;
  readonly error: string | null;
  readonly outputs: JsonObject | null;
  readonly files: readonly AnswerFile[];
  /** Seconds. */
  readonly elapsed: number | null;
  readonly tokens: number | null;
}

type Kinds =
  /** A piece of the answer; of an agent, a chat, a completion or a workflow. */
  | { readonly kind: "text"; readonly text: string }
  /** The whole answer, instead of what came before: moderation, or an annotation. */
  | { readonly kind: "text-replaced"; readonly text: string }
  | { readonly kind: "thought"; readonly thought: Thought }
  | { readonly kind: "reasoning"; readonly nodeId: string; readonly text: string; readonly last: boolean }
  | { readonly kind: "file"; readonly file: AnswerFile }
  | { readonly kind: "message-end"; readonly end: MessageEndData }
  /** A piece of the spoken answer, base64; `last` comes without one. */
  | { readonly kind: "speech"; readonly audio: string; readonly last: boolean }
  /** The answer failed, also in the middle of it. */
  | { readonly kind: "error"; readonly code: string; readonly message: string; readonly status: number | null }
  | { readonly kind: "run-started" }
  | { readonly kind: "run-paused"; readonly forms: readonly FormData[] }
  | { readonly kind: "run-finished"; readonly end: RunEnd }
  | { readonly kind: "node-started"; readonly node: NodeData }
  | { readonly kind: "node-finished"; readonly node: NodeData }
  /** The node failed and is tried again. */
  | { readonly kind: "node-retried"; readonly node: NodeData; readonly attempt: number }
  | { readonly kind: "container-started"; readonly node: ContainerData }
  /** A round begins; from 0. */
  | { readonly kind: "container-round"; readonly id: string; readonly nodeId: string; readonly round: number }
  | { readonly kind: "container-finished"; readonly node: ContainerData }
  | { readonly kind: "agent-log"; readonly log: AgentLogData }
  | { readonly kind: "form-required"; readonly form: FormData }
  | { readonly kind: "form-filled"; readonly answer: FormAnswer }
  | { readonly kind: "form-expired"; readonly nodeId: string };

export type StreamEvent = Kinds & { readonly ids: Ids };
