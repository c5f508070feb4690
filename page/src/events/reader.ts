// Reads the server-sent events of an answer. A POST cannot be read with EventSource, and must never be sent again.

import { createParser } from "eventsource-parser";
import type { StreamEvent } from "./types";

const KNOWN = new Set<string>(["message", "agent_message", "message_replace", "message_end", "error"]);

/** The events of a response's body, in order. Events of other kinds, and data that is not JSON, are left out. */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const ready: StreamEvent[] = [];
  const parser = createParser({
    onEvent: ({ data }) => {
      const event = parse(data);
      if (event !== null) ready.push(event);
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read();
      parser.feed(decoder.decode(value, { stream: !done }));
      yield* ready.splice(0);
      if (done) return;
    }
  } finally {
    // Whoever stops reading stops the transfer too; after the end it does nothing.
    await reader.cancel().catch(() => {});
  }
}

function parse(data: string): StreamEvent | null {
  try {
    const value = JSON.parse(data) as { event?: unknown } | null;
    return typeof value?.event === "string" && KNOWN.has(value.event) ? (value as StreamEvent) : null;
  } catch {
    return null;
  }
}
