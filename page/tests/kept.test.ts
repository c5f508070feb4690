// What the page keeps while it is away, and what it makes of a conversation that it comes back to.

import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readFile } from "../src/events/data";
import { readFields } from "../src/forms/fields";
import { readSentFile, sentAgain } from "../src/store/attachments";
import { readKept } from "../src/store/draft";
import { newStartForm } from "../src/store/start-form";
import { readMessage } from "../src/turn/recorded";
import { reduce } from "../src/turn/reduce";
import { canReconnect, isPending, isRunning, NEW_TURN } from "../src/turn/state";

const FILE = {
  reference: { type: "image", transfer_method: "local_file", upload_file_id: "f" },
  name: "a.png",
  size: 3,
  mediaType: "image/png",
} as const;

test("a draft comes back with its files and its form", () => {
  const kept = {
    user: "alice",
    draft: "Hello",
    files: [FILE],
    form: { typed: { q: "x", tick: true }, files: { doc: [FILE] } },
    answers: { token: { comment: "fine" } },
    answering: { taskId: "t", messageId: null, conversationId: null, runId: "r" },
    fragment: "#part",
  };
  assert.deepEqual(readKept(JSON.parse(JSON.stringify(kept))), kept);
  const form = newStartForm(
    readFields([
      { "text-input": { variable: "q" } },
      { checkbox: { variable: "tick" } },
      { file: { variable: "doc" } },
    ]),
    kept.form,
  );
  assert.deepEqual(form.values.value, { q: "x", tick: true, doc: [FILE.reference] });
  assert.deepEqual(form.filled(), kept.form);
});

test("what another page of the origin has put in the place of a draft does no harm", () => {
  const nothing = {
    user: "",
    draft: "",
    files: [],
    form: { typed: {}, files: {} },
    answers: {},
    answering: null,
    fragment: "",
  };
  const cases: [unknown, object | null][] = [
    [null, null],
    ["text", null],
    [[], null],
    [{}, nothing],
    [
      { user: 5, draft: {}, files: {}, form: [], answers: { token: 5 }, fragment: "javascript:alert(1)" },
      { ...nothing, answers: { token: {} } },
    ],
    [
      {
        files: [FILE, null, { ...FILE, reference: { type: "image" } }],
        form: { typed: { q: {}, r: "r" }, files: { doc: 5 } },
      },
      { ...nothing, files: [FILE], form: { typed: { r: "r" }, files: { doc: [] } } },
    ],
  ];
  for (const [value, expected] of cases) assert.deepEqual(readKept(value), expected);
  for (const value of [null, {}, { ...FILE, name: "" }]) assert.equal(readSentFile(value), null);
});

test("a question is asked again with the files that Dify knows", () => {
  const files = [
    {
      id: "1",
      type: "image",
      transfer_method: "local_file",
      upload_file_id: "f",
      filename: "a.png",
      size: 3,
      mime_type: "image/png",
    },
    { id: "2", type: "document", transfer_method: "remote_url", url: "https://a.example/b.pdf" },
    // Dify has made it, and takes no such file.
    { id: "3", type: "image", transfer_method: "tool_file", url: "https://a.example/c.png" },
    { id: "4", type: "image" },
  ];
  assert.deepEqual(sentAgain(files.map((file) => readFile(file) ?? assert.fail())), [
    FILE,
    {
      reference: { type: "document", transfer_method: "remote_url", url: "https://a.example/b.pdf" },
      name: "2",
      size: null,
      mediaType: null,
    },
  ]);
});

test("an answer without words is still being written while Dify has not stored how long it took", () => {
  const written = { id: "m", answer: "", status: "normal", created_at: 1000, provider_response_latency: 0 };
  const cases: [string, object, number, string][] = [
    ["just begun", {}, 1010, "away"],
    ["at the longest", {}, 2199, "away"],
    ["longer than any run", {}, 2200, "done"],
    ["ended without words", { provider_response_latency: 0.2 }, 1010, "done"],
    ["a release that does not say", { provider_response_latency: undefined }, 1010, "done"],
    ["answered", { answer: "Yes." }, 1010, "done"],
    ["failed", { status: "error", error: "no" }, 1010, "failed"],
    ["waits for a person", { status: "paused" }, 1010, "paused"],
  ];
  for (const [name, change, now, status] of cases) {
    const { state } = readMessage({ ...written, ...change }, now) ?? assert.fail();
    assert.equal(state.status, status, name);
    assert.deepEqual([isRunning(state), isPending(state)], [false, status === "away"], name);
  }
  const away = { ...NEW_TURN, status: "away" } as const;
  assert.deepEqual([canReconnect(away), canReconnect({ ...away, ids: { ...away.ids, runId: "r" } })], [false, true]);
});

test("a run that is followed once more is stopped by the task that it began with", () => {
  const ids = { taskId: "task", messageId: null, conversationId: null, runId: "run" };
  const told = (taskId: string) => ({ kind: "run-started", ids: { ...ids, taskId } }) as const;
  assert.equal(reduce({ ...NEW_TURN, ids }, told("run")).ids.taskId, "task");
  assert.equal(reduce({ ...NEW_TURN, ids }, told("other")).ids.taskId, "other");
  assert.equal(reduce(NEW_TURN, told("run")).ids.taskId, null);
});
