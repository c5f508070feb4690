import assert from "node:assert/strict";
import { test } from "node:test";
import { safeName } from "../src/api/file-name";
import { merged } from "../src/store/conversation-pages";
import { filledOpening } from "../src/store/opening";
import { followsAfter } from "../src/store/scroll";
import { readMessage } from "../src/turn/recorded";

test("the list has each conversation once, as the newer answer tells it", () => {
  const entry = (id: string, name: string) => ({ id, name, introduction: "", inputs: {}, updated_at: 0 });
  const list = merged([entry("b", "new"), entry("c", "")], [entry("a", ""), entry("b", "old")]);
  assert.deepEqual(
    list.map(({ id, name }) => id + name),
    ["bnew", "c", "a"],
  );
});

test("the places of an opening statement are filled from the inputs, and are empty without them", () => {
  const cases: [string, object, string][] = [
    ["Hello {{name}}!", { name: "Alice" }, "Hello Alice!"],
    ["{{ a }}-{{b}}", { a: 1 }, "1-"],
    ["{{x}}", { x: { not: "a text" } }, ""],
    ["no {place}", { place: "x" }, "no {place}"],
    ["{{constructor}}", {}, ""],
  ];
  for (const [statement, inputs, expected] of cases) {
    assert.equal(filledOpening(statement, { ...inputs }), expected, statement);
  }
});

test("a scroll upwards ends following, and the end begins it again", () => {
  const at = (scrollTop: number) => ({ scrollTop, scrollHeight: 2000, clientHeight: 500 });
  const cases: [number, number, boolean, boolean][] = [
    [1500, 1400, true, false],
    [1400, 1440, false, false],
    [1400, 1460, false, true],
    [1500, 1490, true, true],
    [900, 1000, true, true],
  ];
  for (const [before, now, follows, expected] of cases) {
    assert.equal(followsAfter(before, at(now), follows), expected, `${before} ${now} ${follows}`);
  }
});

test("a name that is sent has no path and is not too long, and keeps its extension", () => {
  assert.equal(safeName("a/b\\c.txt"), "a_b_c.txt");
  const long = safeName(`${"長".repeat(300)}.pdf`);
  assert.equal([...long].length, 200);
  assert.ok(long.endsWith(".pdf"));
});

test("a message of earlier becomes the turn that its events had made", () => {
  const message = {
    id: "m",
    conversation_id: "c",
    query: "q",
    answer: "a",
    status: "normal",
    feedback: { rating: "dislike" },
    message_files: [
      { id: "f", filename: "sent.png", type: "image", belongs_to: "user" },
      { id: "g", filename: "made.png", type: "image", belongs_to: "assistant" },
    ],
    extra_contents: [],
  };
  const turn = readMessage(message, 0);
  assert.ok(turn);
  assert.equal(turn.query, "q");
  assert.deepEqual(
    turn.files.map(({ id }) => id),
    ["f"],
  );
  const { answer, files, ids, rating, status } = turn.state;
  assert.deepEqual({ answer, rating, status }, { answer: "a", rating: "dislike", status: "done" });
  assert.deepEqual(
    files.map(({ id }) => id),
    ["g"],
  );
  assert.deepEqual(ids, { taskId: null, messageId: "m", conversationId: "c", runId: null });
  const failed = readMessage({ ...message, status: "error", error: "no credit" }, 0);
  assert.deepEqual(failed?.state.failure, { code: "answer_failed", message: "no credit" });
  for (const broken of [null, 1, "m", [], {}, { id: 1 }]) assert.equal(readMessage(broken, 0), null);
});

test("a form of earlier is open until it is answered or its time is over", () => {
  const form = { form_id: "f", node_id: "n", form_content: "", inputs: [], actions: [], expiration_time: 100 };
  const cases: [object, number, string, string][] = [
    [{ submitted: false, form_definition: form }, 99, "open", "paused"],
    [{ submitted: false, form_definition: form }, 101, "expired", "done"],
    [{ submitted: true, form_definition: form, form_submission_data: { node_id: "n" } }, 101, "answered", "done"],
  ];
  for (const [content, now, expected, status] of cases) {
    const turn = readMessage({ id: "m", extra_contents: [content] }, now);
    assert.deepEqual([turn?.state.forms[0]?.state, turn?.state.status], [expected, status]);
  }
});
