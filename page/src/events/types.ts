// The events of an answer that the page reads; Dify sends more, which change nothing.

interface OfMessage {
  readonly task_id: string;
  readonly message_id: string;
  readonly conversation_id: string;
}

/** A piece of the answer. `agent_message` is the same from an agent. */
export interface MessageEvent extends OfMessage {
  readonly event: "message" | "agent_message";
  readonly answer: string;
}

/** The whole answer, instead of what came before: moderation, or an annotation. */
export interface MessageReplaceEvent extends OfMessage {
  readonly event: "message_replace";
  readonly answer: string;
}

export interface MessageEndEvent extends OfMessage {
  readonly event: "message_end";
  readonly id: string;
}

/** The answer failed, also in the middle of it. */
export interface ErrorEvent {
  readonly event: "error";
  readonly status?: number;
  readonly code?: string;
  readonly message?: string;
}

export type StreamEvent = MessageEvent | MessageReplaceEvent | MessageEndEvent | ErrorEvent;
