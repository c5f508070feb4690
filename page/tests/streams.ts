// Streams for tests: the recorded ones, and those that are written after Dify's source for what no recording has.

import { readdirSync, readFileSync } from "node:fs";
import { readEvents } from "../src/events/reader";
import type { StreamEvent } from "../src/events/types";
import { ended, reduce } from "../src/turn/reduce";
import { NEW_TURN, type TurnState } from "../src/turn/state";

/** What a running Dify 1.16.1 has sent, by name. */
export const RECORDED: ReadonlyMap<string, Uint8Array> = new Map(
  readdirSync("tests/recorded")
    .filter((name) => name.endsWith(".sse"))
    .sort()
    .map((name) => [name.slice(0, -4), new Uint8Array(readFileSync(`tests/recorded/${name}`))]),
);

/** The bytes of a stream with these frames. */
export function streamOf(frames: readonly object[]): Uint8Array {
  const text = frames.map((frame) => `data: ${JSON.stringify(frame)}\n\n`).join("");
  return new TextEncoder().encode(`event: ping\n\n${text}`);
}

/** The events of a stream that arrives in these pieces. */
export async function eventsOf(...chunks: readonly Uint8Array[]): Promise<StreamEvent[]> {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events: StreamEvent[] = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}

/** The answer after a whole stream, and after those before it. */
export async function answerOf(stream: Uint8Array, before: TurnState = NEW_TURN): Promise<TurnState> {
  return ended((await eventsOf(stream)).reduce(reduce, before), null);
}
