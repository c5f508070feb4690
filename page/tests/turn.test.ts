import assert from "node:assert/strict";
import { test } from "node:test";
import { ANSWER, ENTRIES, STEPS } from "../src/limits";
import { reconnecting, stopped } from "../src/turn/reduce";
import { canReconnect, isRunning, NEW_TURN } from "../src/turn/state";
import { logTree, type StepNode, stepTree } from "../src/turn/steps";
import { assertGolden } from "./golden";
import { answerOf, RECORDED, streamOf } from "./streams";
import { WRITTEN } from "./written";

for (const [name, stream] of RECORDED) {
  test(`the recorded stream ${name} gives the answer that it should`, async () => {
    assertGolden(name, await answerOf(stream));
  });
}

for (const [name, frames] of Object.entries(WRITTEN)) {
  test(`the stream ${name} gives the answer that it should`, async () => {
    assertGolden(name, await answerOf(streamOf(frames)));
  });
}

test("each kind of stream ends in its state, with what has come, and says whether the run may go on", async () => {
  const cases: [string, string, string, string | null, boolean][] = [
    ["workflow", "done", "hello\nalice@example.com\n3\nalice", null, false],
    ["workflow-failed-input", "failed", "", "run_failed", false],
    ["workflow-stopped", "stopped", "\na@b\n\nalice\n", null, false],
    ["workflow-node-failed", "failed", "\n\n\nalice\n", "run_failed", false],
    ["workflow-paused", "paused", "", null, true],
    ["chatflow", "done", "q=hi|user=bob|email=alice@example.com|level=3|inq=inq", null, false],
    ["chatflow-stopped", "stopped", "body=", null, false],
    ["chatflow-node-failed", "failed", "body=", "run_failed", false],
    ["chatflow-bad-input", "failed", "", "run_failed", false],
    ["chat-annotated", "done", "Written by a person", null, false],
    ["chat-failed", "failed", "As far as ", "provider_quota_exceeded", false],
    ["gateway-timeout", "failed", "As far as ", "gateway_timeout", true],
    ["connection-lost", "failed", "As far as ", "connection_lost", false],
    ["iteration", "done", "whole", null, false],
    ["form-expired", "failed", "", "run_failed", false],
  ];
  for (const [name, status, answer, code, mayGoOn] of cases) {
    const state = await answerOf(bytes(name));
    const got = [state.status, state.answer, state.failure?.code ?? null, canReconnect(state)];
    assert.deepEqual(got, [status, answer, code, mayGoOn], name);
    assert.equal(isRunning(state), false, name);
  }
});

test("a run goes on after its form, also in a stream of its own, and keeps what came before", async () => {
  const paused = await answerOf(bytes("chatflow-paused"));
  assert.equal(paused.forms[0]?.state, "open");
  const resumed = await answerOf(bytes("chatflow-resumed"), paused);
  assert.equal(resumed.status, "done");
  assert.deepEqual(resumed.forms[0]?.answer, {
    nodeId: "human",
    actionId: "approve",
    actionTitle: "Approve",
    content: "Approve budget ?\nok",
  });
  assert.deepEqual(
    resumed.run?.steps.map((step) => `${step.nodeId} ${step.status}`),
    ["start succeeded", "human succeeded", "answer succeeded"],
  );
});

test("who asks for a run again gets the text that was lost, but not what the app has taken back", async () => {
  const whole = "q=hi|user=bob|email=alice@example.com|level=3|inq=inq";
  const timeout = { event: "error", code: "gateway_timeout", message: "", status: 504 };
  const replaced = { event: "message_replace", message_id: "m", answer: "Not said." };
  const lines = new TextDecoder().decode(bytes("chatflow")).split("\n\n");
  const begun = new TextEncoder().encode(`${lines.slice(0, 5).join("\n\n")}\n\n`);
  const started = new TextEncoder().encode(`${lines[1]}\n\n${lines.slice(-6).join("\n\n")}`);
  const ended = new TextEncoder().encode(`${lines.slice(-3).join("\n\n")}`);

  const lost = await answerOf(begun);
  assert.deepEqual([lost.status, lost.answer, canReconnect(lost)], ["failed", "q=hi|user=", true]);
  for (const [before, again, answer] of [
    [lost, started, whole],
    [lost, ended, whole],
    [reconnecting(lost), ended, whole],
    [await answerOf(streamOf([timeout]), lost), ended, whole],
    [await answerOf(streamOf([replaced]), lost), started, "Not said."],
    [await answerOf(streamOf([replaced]), lost), ended, "Not said."],
  ] as const) {
    const after = await answerOf(again, before);
    assert.deepEqual([after.status, after.answer, after.failure], ["done", answer, null]);
  }
  const failed = { event: "workflow_finished", data: { status: "failed", error: "why" } };
  assert.deepEqual((await answerOf(streamOf([failed]), lost)).failure, { code: "run_failed", message: "why" });
});

test("a run that waits for a form goes on from the history, where only its id is known", async () => {
  const { ids, forms } = await answerOf(bytes("chatflow-paused"));
  const past = { ...NEW_TURN, ids, forms, status: "paused" as const };
  assert.equal(canReconnect(past), true);
  assert.equal(canReconnect({ ...past, status: "done" }), false);
  assert.equal(canReconnect({ ...past, ids: NEW_TURN.ids }), false);
  const after = await answerOf(bytes("chatflow-resumed"), reconnecting(past));
  assert.deepEqual(
    [after.status, after.answer],
    ["done", "comment=ok|q=please|user=alice|email=alice@example.com|level=|inq=budget"],
  );
});

test("a snapshot takes nothing away from what live events have told, and doubles nothing", async () => {
  const live = await answerOf(bytes("workflow-paused"));
  const again = await answerOf(bytes("workflow-snapshot-paused"), live);
  assert.deepEqual(
    again.run?.steps.map((step) => step.inputs),
    live.run?.steps.map((step) => step.inputs),
  );
  assert.equal(again.run?.steps.length, 2);
  assert.equal(again.forms.length, 1);
});

test("no input of the gateway and none of the system is in an answer's state", async () => {
  for (const [name, stream] of RECORDED) {
    assert.doesNotMatch(JSON.stringify(await answerOf(stream)), /"(__oidc_|sys\.)/, name);
  }
});

test("the steps of iterations and loops stand in their rounds", async () => {
  const state = await answerOf(bytes("iteration"));
  assert.deepEqual(stepTree(state.run?.steps ?? []).map(drawn), [
    "each[0:a1][1:a2]", //
    "again[0:b1]",
  ]);
  assert.deepEqual(state.run?.steps.find((step) => step.id === "a2")?.retries, [{ attempt: 1, error: "504" }]);
});

test("an agent's log is a tree, in which no entry can be below itself", async () => {
  const logs = (await answerOf(bytes("agent-log"))).run?.steps[0]?.logs ?? [];
  assert.deepEqual(
    logTree(logs).map(({ log, children }) => [log.id, log.status, children.map((child) => child.log.id)]),
    [["round", "success", ["call"]]],
  );
  const [entry] = logs;
  assert.ok(entry);
  const circle = [
    { ...entry, id: "a", parentId: "b" },
    { ...entry, id: "b", parentId: "a" },
    { ...entry, id: "c", parentId: "c" },
  ];
  assert.deepEqual(
    logTree(circle).map(({ log, children }) => [log.id, children.map((child) => child.log.id)]),
    [
      ["a", ["b"]],
      ["c", []],
    ],
  );
});

test("what a person stops is stopped, with all that is under way in it", async () => {
  const frames = (WRITTEN["iteration"] ?? []).slice(0, 4);
  const state = stopped(await answerOf(streamOf(frames)));
  assert.equal(state.status, "stopped");
  assert.deepEqual(
    state.run?.steps.map((step) => step.status),
    ["stopped", "stopped"],
  );
});

test("an answer grows no further than its limits", async () => {
  const long = "é".repeat(100_000);
  const chunk = { event: "message", message_id: "m", answer: long };
  const text = await answerOf(streamOf(Array.from({ length: 11 }, () => chunk)));
  assert.equal(text.answer.length, ANSWER);

  const nodes = Array.from({ length: STEPS + 5 }, (_, id) => ({
    event: "node_started",
    data: { id: `${id}`, node_id: "n" },
  }));
  const steps = await answerOf(streamOf(nodes));
  assert.deepEqual([steps.run?.steps.length, steps.run?.omitted], [STEPS, 5]);

  const files = Array.from({ length: ENTRIES + 5 }, (_, id) => ({ event: "message_file", id: `${id}`, url: "x" }));
  assert.equal((await answerOf(streamOf(files))).files.length, ENTRIES);

  const thoughts = Array.from({ length: ENTRIES + 5 }, (_, id) => ({ event: "agent_thought", id: `${id}` }));
  assert.equal((await answerOf(streamOf(thoughts))).thoughts.length, ENTRIES);
});

test("a stream without an event leaves the answer failed, not waiting for ever", async () => {
  assert.deepEqual(await answerOf(streamOf([])), {
    ...NEW_TURN,
    status: "failed",
    failure: { code: "connection_lost", message: "" },
  });
});

function bytes(name: string): Uint8Array {
  return RECORDED.get(name) ?? streamOf(WRITTEN[name] ?? assert.fail(name));
}

function drawn({ step, rounds }: StepNode): string {
  return step.id + rounds.map(({ index, steps }) => `[${index}:${steps.map(drawn).join()}]`).join("");
}
