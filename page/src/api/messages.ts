// Sending a message and reading its answer.

import { readEvents } from "../events/reader";
import type { StreamEvent } from "../events/types";
import { request } from "./request";

export interface NewMessage {
  readonly query: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Missing: a new conversation. */
  readonly conversationId: string | null;
}

/** Sends a message; the events of the answer come as Dify sends them. */
export async function* sendMessage(message: NewMessage, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  const response = await request("/chat-messages", {
    method: "POST",
    json: {
      query: message.query,
      inputs: message.inputs,
      response_mode: "streaming",
      ...(message.conversationId === null ? {} : { conversation_id: message.conversationId }),
    },
    signal,
  });
  if (response.body) yield* readEvents(response.body);
}
