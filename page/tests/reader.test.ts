import assert from "node:assert/strict";
import { test } from "node:test";
import { readEvents } from "../src/events/reader";

const STREAM = [
  'data: {"event": "message", "answer": "Grüße 🌍", "message_id": "m", "conversation_id": "c", "task_id": "t"}\r\n\r\n',
  "event: ping\n\n",
  'data: {"event": "of_a_later_release"}\n\n',
  "data: not JSON\n\n",
  'data: {"event": "message_end", "id": "m", "message_id": "m", "conversation_id": "c", "task_id": "t"}\n\n',
].join("");

test("a stream gives the same events wherever it is cut", async () => {
  const bytes = new TextEncoder().encode(STREAM);
  for (let cut = 0; cut <= bytes.length; cut++) {
    const events = await read([bytes.slice(0, cut), bytes.slice(cut)]);
    assert.deepEqual(
      events.map((event) => [event.event, "answer" in event ? event.answer : null]),
      [
        ["message", "Grüße 🌍"],
        ["message_end", null],
      ],
      `cut at ${cut}`,
    );
  }
});

async function read(chunks: Uint8Array[]) {
  const body = new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(chunk);
      controller.close();
    },
  });
  const events = [];
  for await (const event of readEvents(body)) events.push(event);
  return events;
}
