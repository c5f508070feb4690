// Sending a message, reading its answer, ending it.

import type { StreamEvent } from "../events/types";
import type { FileReference } from "../forms/uploads";
import { request, requestEvents } from "./request";

export interface NewMessage {
  readonly query: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  readonly files: readonly FileReference[];
  /** Null: a new conversation. */
  readonly conversationId: string | null;
}

/** Sends a message; the events of the answer come as Dify sends them. */
export function sendMessage(message: NewMessage, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  return requestEvents("/chat-messages", {
    method: "POST",
    json: {
      query: message.query,
      inputs: message.inputs,
      response_mode: "streaming",
      ...(message.files.length === 0 ? {} : { files: message.files }),
      ...(message.conversationId === null ? {} : { conversation_id: message.conversationId }),
    },
    signal,
  });
}

/** Ends an answer at Dify, which does not notice that nobody reads any more. It is sent although the page is left. */
export async function stopMessage(taskId: string): Promise<void> {
  const path = `/chat-messages/${encodeURIComponent(taskId)}/stop`;
  await request(path, { method: "POST", json: {}, keepalive: true });
}
