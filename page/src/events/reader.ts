// Reads the server-sent events of an answer. A POST cannot be read with EventSource, and must never be sent again.

import { createParser } from "eventsource-parser";
import { EVENT } from "../limits";
import { decode } from "./decode";
import type { StreamEvent } from "./types";

/** The connection broke before the stream had come to its end. */
export class StreamBroken extends Error {
  override readonly name = "StreamBroken";
  readonly code = "connection_lost";
}

/** The stream has an event that is too large to be one. */
export class StreamTooLarge extends Error {
  override readonly name = "StreamTooLarge";
  readonly code = "answer_too_large";
}

/**
 * The events of a response's body, in order. Events of other kinds, and data that is not JSON, are left out. Throws
 * `StreamBroken` and `StreamTooLarge`; an `AbortError` where the request was aborted.
 */
export async function* readEvents(body: ReadableStream<Uint8Array>): AsyncGenerator<StreamEvent> {
  const ready: StreamEvent[] = [];
  const parser = createParser({
    maxBufferSize: EVENT,
    onEvent: ({ data }) => {
      const event = decode(data);
      if (event !== null) ready.push(event);
    },
    onError: (error) => {
      if (error.type === "max-buffer-size-exceeded") throw new StreamTooLarge("an event is too large");
    },
  });
  const reader = body.getReader();
  const decoder = new TextDecoder();
  try {
    for (;;) {
      const { done, value } = await reader.read().catch(broken);
      parser.feed(decoder.decode(value, { stream: !done }));
      yield* ready.splice(0);
      if (done) return;
    }
  } finally {
    // Whoever stops reading stops the transfer too; after the end it does nothing.
    await reader.cancel().catch(() => {});
  }
}

function broken(cause: unknown): never {
  if (cause instanceof DOMException && cause.name === "AbortError") throw cause;
  throw new StreamBroken("the connection broke", { cause });
}
