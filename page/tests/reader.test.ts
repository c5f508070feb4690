import assert from "node:assert/strict";
import { test } from "node:test";
import { decode } from "../src/events/decode";
import { readEvents, StreamBroken, StreamTooLarge } from "../src/events/reader";
import { EVENT } from "../src/limits";
import { eventsOf, RECORDED, streamOf } from "./streams";
import { WRITTEN } from "./written";

test("a stream gives the same events wherever it is cut", async () => {
  const recorded = [...RECORDED].filter(([name]) => /^(chatflow-paused|workflow-stopped)$/.test(name));
  const written = Object.entries(WRITTEN).map(([name, frames]) => [name, streamOf(frames)] as const);
  const streams = [...recorded, ...written];
  assert.equal(streams.length, written.length + 2);
  for (const [name, stream] of streams) {
    const expected = JSON.stringify(await eventsOf(stream));
    for (let cut = 1; cut < stream.length; cut++) {
      const got = JSON.stringify(await eventsOf(stream.slice(0, cut), stream.slice(cut)));
      if (got !== expected) assert.fail(`${name}, cut at ${cut}`);
    }
  }
});

test("a stream gives the same events byte by byte, with both line ends, and with characters of several bytes", async () => {
  const frames = [
    { event: "message", message_id: "m", answer: "Grüße 🌍 日本" },
    { event: "message_end", message_id: "m" },
  ];
  const expected = await eventsOf(streamOf(frames));
  assert.deepEqual(
    expected.map((event) => event.kind),
    ["text", "message-end"],
  );
  const text = new TextDecoder().decode(streamOf(frames));
  for (const end of ["\n", "\r\n"]) {
    const bytes = new TextEncoder().encode(text.replaceAll("\n", end));
    const single = [...bytes].map((byte) => Uint8Array.of(byte));
    assert.deepEqual(await eventsOf(...single), expected, JSON.stringify(end));
  }
});

test("what is not an event changes nothing", async () => {
  const cases = [
    "",
    "not JSON",
    "null",
    "[]",
    "5",
    '"message"',
    "{}",
    '{"event": null}',
    '{"event": "of_a_later_release", "answer": "x"}',
    '{"event": "constructor", "answer": "x"}',
    '{"event": "__proto__", "answer": "x"}',
    '{"event": "ping"}',
    // The right name, and another shape.
    '{"event": "message"}',
    '{"event": "message", "answer": null}',
    '{"event": "message", "answer": {"text": "x"}}',
    '{"event": "agent_message", "answer": 5}',
    '{"event": "message_replace", "answer": []}',
    '{"event": "text_chunk", "data": "x"}',
    '{"event": "text_chunk", "data": {"text": 5}}',
    '{"event": "text_replace"}',
    '{"event": "agent_thought", "thought": "x"}',
    '{"event": "message_file", "url": "x"}',
    '{"event": "tts_message"}',
    '{"event": "reasoning_chunk", "data": {}}',
    '{"event": "workflow_finished", "data": {}}',
    '{"event": "workflow_finished", "data": {"status": 5}}',
    '{"event": "node_started", "data": {"id": "x"}}',
    '{"event": "node_finished", "data": []}',
    '{"event": "node_retry"}',
    '{"event": "iteration_started", "data": {"node_id": "x"}}',
    '{"event": "iteration_next", "data": {}}',
    '{"event": "loop_completed", "data": null}',
    '{"event": "agent_log", "data": {"id": "x"}}',
    '{"event": "human_input_required", "data": {"form_content": "x"}}',
    '{"event": "human_input_form_filled", "data": {}}',
    '{"event": "human_input_form_timeout", "data": {"node_id": ""}}',
  ];
  for (const json of cases) assert.equal(decode(json), null, json);
  assert.deepEqual(await eventsOf(streamOf([{ event: "ping" }, { event: "of_a_later_release" }])), []);
});

test("parts of another shape are left out of an event that is right otherwise", () => {
  const event = decode(
    JSON.stringify({
      event: "message_end",
      task_id: 5,
      message_id: "m",
      metadata: { usage: [], retriever_resources: [null, 5, { document_name: "d", score: "high" }], reasoning: ["x"] },
      files: { id: "f" },
    }),
  );
  assert.deepEqual(event, {
    kind: "message-end",
    ids: { taskId: null, messageId: "m", conversationId: null, runId: null },
    end: {
      usage: null,
      citations: [{ position: 0, dataset: null, document: "d", content: "", score: null }],
      annotation: null,
      reasoning: [],
      files: [],
    },
  });
});

test("a connection that breaks is told from a reading that was aborted, after what has come", async () => {
  const cases: [unknown, object][] = [
    [new TypeError("network error"), StreamBroken],
    [new DOMException("aborted", "AbortError"), { name: "AbortError" }],
  ];
  for (const [error, expected] of cases) {
    const chunks = [streamOf([{ event: "message", answer: "a" }])];
    const body = new ReadableStream<Uint8Array>({
      pull(controller) {
        const chunk = chunks.shift();
        if (chunk === undefined) controller.error(error);
        else controller.enqueue(chunk);
      },
    });
    const events = readEvents(body);
    assert.equal((await events.next()).value?.kind, "text");
    await assert.rejects(events.next(), expected as assert.AssertPredicate);
  }
});

test("an event that is too large ends the reading", async () => {
  const piece = new TextEncoder().encode(`data: ${"x".repeat(EVENT / 4)}`);
  const more = new TextEncoder().encode("x".repeat(EVENT / 4));
  await assert.rejects(eventsOf(piece, more, more, more, more, more), StreamTooLarge);
  const nested = `{"event":"node_started","data":{"id":"i","node_id":"n","inputs":${'{"a":'.repeat(50_000)}1${"}".repeat(50_000)}}}`;
  const event = decode(nested);
  assert.ok(event === null || (event.kind === "node-started" && event.node.inputs === null));
});
