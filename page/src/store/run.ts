// The run on the screen of an app without conversations, and the person's earlier ones.

import { computed, signal } from "@preact/signals";
import { followRun, getRuns, type Inputs, type RunRecord, runCompletion, runWorkflow, stopRun } from "../api/runs";
import { isRunning, NEW_TURN } from "../turn/state";
import { mode } from "./app";
import { follow, newTurn, stopTurn, type Turn } from "./conversation";
import { idsOfEntry } from "./place";
import { stopPlayback } from "./playback";
import { isOpen } from "./session";

/** The run on the screen; null before the first. */
export const shownRun = signal<Turn | null>(null);

export const runIsOn = computed(() => shownRun.value !== null && isRunning(shownRun.value.state.value));

/** Runs the app with these inputs; returns when the run has ended or waits for somebody. */
export async function startRun(inputs: Inputs): Promise<void> {
  const turn = show();
  const { signal: leaving } = turn.abort;
  const events = mode.value === "workflow" ? runWorkflow(inputs, leaving) : runCompletion(inputs, leaving);
  // Where the session was over before anything came, its bar says so, and the form is still filled.
  if (!(await follow(turn, events))) shownRun.value = null;
  if (mode.value === "workflow") void loadRuns();
}

/** Shows an earlier run: how it ended, or how it goes on. */
export async function openRun(runId: string, taskId: string | null = null): Promise<Turn> {
  const turn = show();
  turn.state.value = { ...NEW_TURN, ids: { ...NEW_TURN.ids, runId, taskId } };
  if (!(await follow(turn, followRun(runId, turn.abort.signal)))) shownRun.value = null;
  return turn;
}

/** Shows the run again that was on the screen before a reload. */
export async function reopenRun(): Promise<void> {
  const { runId = null, taskId = null } = idsOfEntry() ?? {};
  if (mode.value !== "workflow" || runId === null) return;
  const turn = await openRun(runId, taskId);
  // It was another person's, who has used this tab before.
  if (turn.state.value.failure?.code === "not_found" && shownRun.value === turn) shownRun.value = null;
}

/** Stops the run on the screen, at Dify too. */
export async function stopShownRun(): Promise<void> {
  stopPlayback();
  const turn = shownRun.value;
  const family = mode.value === "workflow" ? "workflow" : "completion";
  if (turn !== null) await stopTurn(turn, (taskId) => stopRun(taskId, family));
}

/** Stops what nobody will see: Dify does not notice that the page is left. A workflow is come back to in the list of runs. */
export function stopOnLeave(): void {
  const taskId = shownRun.value?.state.value.ids.taskId ?? null;
  if (taskId === null || !runIsOn.value || mode.value === "workflow") return;
  void stopRun(taskId, "completion", true).catch(() => {});
}

function show(): Turn {
  // What is no longer on the screen is not read on; the run itself goes on.
  shownRun.value?.abort.abort();
  stopPlayback();
  const turn = newTurn("");
  shownRun.value = turn;
  return turn;
}

export const runs = signal<readonly RunRecord[]>([]);
export const moreRuns = signal(false);

/** Whether the person can look at earlier ones. */
export const areRunsListed = computed(() => isOpen("get_workflows_logs") && isOpen("get_workflow_events"));

export const runsError = signal<unknown>(null);

const PAGE = 20;

/** Loads the newest runs. */
export function loadRuns(): Promise<void> {
  return load(1, []);
}

/** Loads those before the ones that are known. */
export function loadMoreRuns(): Promise<void> {
  return load(Math.floor(runs.value.length / PAGE) + 1, runs.value);
}

async function load(page: number, known: readonly RunRecord[]): Promise<void> {
  if (!areRunsListed.value) return;
  runsError.value = null;
  try {
    const { runs: more, hasMore } = await getRuns(page, PAGE);
    // A run that was started since moves the others to the next page.
    runs.value = [...known, ...more.filter((run) => !known.some((other) => other.runId === run.runId))];
    moreRuns.value = hasMore;
  } catch (error) {
    runsError.value = error;
  }
}
