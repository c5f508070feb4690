import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { getForm, submitForm } from "../src/api/human-input";
import { getToolIcons } from "../src/api/meta";
import { followRun, getRuns, runCompletion, runWorkflow, stopRun } from "../src/api/runs";
import type { StreamEvent } from "../src/events/types";
import { all, answer, answerWith, assertCase, type Case, ok, requestOf } from "./server";
import { RECORDED } from "./streams";

const never = new AbortController().signal;

test("each operation of runs is asked as Dify wants it, and gives what Dify has answered", async () => {
  const cases: Case[] = [
    { answer: "meta", call: async () => (await getToolIcons()).size, asks: ["GET", "/meta", null], gives: 0 },
    {
      answer: "stop",
      call: () => stopRun("t/1", "workflow"),
      asks: ["POST", "/workflows/tasks/t%2F1/stop", {}],
      gives: undefined,
    },
    {
      answer: "stop",
      call: () => stopRun("t", "completion"),
      asks: ["POST", "/completion-messages/t/stop", {}],
      gives: undefined,
    },
    {
      answer: "runs",
      call: () => getRuns(1, 20),
      asks: ["GET", "/workflows/logs?page=1&limit=20", null],
      gives: {
        runs: [{ runId: "dab48e9b-a371-4d22-8135-4b9db5252ff0", status: "paused", elapsed: 0, createdAt: 1795235989 }],
        hasMore: false,
      },
    },
    {
      answer: "form",
      call: async () => {
        const { actions, inputs } = await getForm("t/1");
        return [actions.map(({ id }) => id), inputs.map(({ name, initial }) => `${name}=${initial}`)];
      },
      asks: ["GET", "/form/human_input/t%2F1", null],
      gives: [["approve", "reject"], ["comment=none"]],
    },
    {
      answer: "form-taken",
      call: () => submitForm("t", { comment: "ok" }, "approve"),
      asks: ["POST", "/form/human_input/t", { inputs: { comment: "ok" }, action: "approve" }],
      gives: undefined,
    },
  ];
  for (const each of cases) await assertCase(each);
});

test("each stream of a run is asked for with its operation, and read to its end", async () => {
  const body = { inputs: { a: 1 }, response_mode: "streaming" };
  const cases: [string, () => AsyncGenerator<StreamEvent>, unknown[]][] = [
    ["workflow", () => runWorkflow({ a: 1 }, never), ["POST", "/workflows/run", body]],
    ["workflow", () => runCompletion({ a: 1 }, never), ["POST", "/completion-messages", body]],
    [
      "workflow-resumed",
      () => followRun("r/1", never, "ffjUVzqmDoa4Jna1N5iObm"),
      ["GET", "/workflow/r%2F1/events?include_state_snapshot=true&continue_on_pause=true", null],
    ],
  ];
  for (const [name, call, asks] of cases) {
    const asked = answer([ok(RECORDED.get(name) ?? assert.fail(name))]);
    const events = await all(call());
    assert.deepEqual(requestOf(asked), asks);
    assert.equal(events.at(-1)?.kind, "run-finished", name);
  }
});

test("a run that may still wait for the form that was answered is followed beyond it, to the next one", async () => {
  const paused = (token: string) => {
    const data = { reasons: [{ node_id: token, form_token: token }] };
    return `data: ${JSON.stringify({ event: "workflow_paused", workflow_run_id: "r", data })}\n\n`;
  };
  const started = `data: ${JSON.stringify({ event: "workflow_started", workflow_run_id: "r", data: {} })}\n\n`;
  for (const [answered, kinds, query] of [
    ["one", ["run-paused", "run-started", "run-paused"], "&continue_on_pause=true"],
    [null, ["run-paused"], ""],
  ] as const) {
    const asked = answer([ok(paused("one") + started + paused("two") + started)]);
    const events = await all(followRun("r", never, answered));
    assert.deepEqual(
      events.map(({ kind }) => kind),
      kinds,
    );
    assert.deepEqual(requestOf(asked), ["GET", `/workflow/r/events?include_state_snapshot=true${query}`, null]);
  }
});

test("errors of an operation of runs come out of it", async () => {
  const cases: [string, () => Promise<unknown>, number, string][] = [
    ["form-submitted", () => getForm("t"), 412, "human_input_form_submitted"],
    ["form-unknown", () => getForm("t"), 404, "not_found"],
    ["form-wrong-action", () => submitForm("t", {}, "x"), 400, "invalid_form_data"],
    ["forbidden", () => all(runWorkflow({}, never)), 403, "forbidden"],
    ["internal", () => all(followRun("r", never)), 500, "unknown"],
  ];
  for (const [name, call, status, code] of cases) {
    answerWith(name);
    await assert.rejects(call(), { name: "ApiError", status, code }, name);
  }
});
