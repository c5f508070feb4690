import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { newTurn, stopTurn, type Turn } from "../src/store/conversation";
import { NEW_TURN } from "../src/turn/state";

/** A turn of which nothing has come, and the tasks that are stopped at Dify. */
function waiting(): { turn: Turn; stopped: string[]; stop: (taskId: string) => Promise<void> } {
  const stopped: string[] = [];
  return { turn: newTurn(""), stopped, stop: async (taskId) => void stopped.push(taskId) };
}

const state = (change: object) => ({ ...NEW_TURN, ...change });
const ids = { ...NEW_TURN.ids, taskId: "task" };

test("a stop before the first event ends Dify's task as soon as its id is known", async () => {
  const { turn, stopped, stop } = waiting();
  const done = stopTurn(turn, stop);
  assert.deepEqual([stopped, turn.abort.signal.aborted], [[], false]);
  turn.state.value = state({ ids, status: "streaming" });
  await done;
  assert.deepEqual([stopped, turn.abort.signal.aborted], [["task"], true]);
});

test("what has ended before its id was known needs no stop", async () => {
  const { turn, stopped, stop } = waiting();
  const done = stopTurn(turn, stop);
  turn.state.value = state({ status: "failed" });
  await done;
  assert.deepEqual(stopped, []);
});

test("what Dify does not stop is not read on either", async () => {
  const { turn } = waiting();
  turn.state.value = state({ ids, status: "streaming" });
  await stopTurn(turn, async () => Promise.reject(new Error("refused")));
  assert.equal(turn.abort.signal.aborted, true);
});
