// Runs of workflow and completion apps, and runs that are gone on with.

import { asList, asName, asNumber, asObject, asPage, asTime } from "../events/shape";
import type { StreamEvent } from "../events/types";
import { request, requestEvents, requestJson } from "./request";

export type Inputs = Readonly<Record<string, unknown>>;

/** `POST /workflows/run`: the events come as Dify sends them. */
export function runWorkflow(inputs: Inputs, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  return stream("/workflows/run", { inputs }, signal);
}

/** `POST /completion-messages`. */
export function runCompletion(inputs: Inputs, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  return stream("/completion-messages", { inputs }, signal);
}

function stream(path: string, body: object, signal: AbortSignal): AsyncGenerator<StreamEvent> {
  return requestEvents(path, { method: "POST", json: { ...body, response_mode: "streaming" }, signal });
}

/**
 * `GET /workflow/<run>/events`: what a run has gone through, and how it goes on, to its end or its next pause. Of a run
 * that has ended there is one event, its end. `answered`: the token of a form that the run may still be waiting for, since
 * Dify goes on only some time after the answer: its pause is not the next one.
 */
export async function* followRun(
  runId: string,
  signal: AbortSignal,
  answered: string | null = null,
): AsyncGenerator<StreamEvent> {
  const query = new URLSearchParams({ include_state_snapshot: "true" });
  if (answered !== null) query.set("continue_on_pause", "true");
  for await (const event of requestEvents(`/workflow/${encodeURIComponent(runId)}/events?${query}`, { signal })) {
    yield event;
    if (event.kind === "run-paused" && event.forms.some(({ token }) => token !== answered)) return;
  }
}

/** Stops a run. Dify says that it has in any case. `keepalive`: also while the page is left. */
export async function stopRun(taskId: string, mode: "workflow" | "completion", keepalive = false): Promise<void> {
  const family = mode === "workflow" ? "workflows/tasks" : "completion-messages";
  await request(`/${family}/${encodeURIComponent(taskId)}/stop`, { method: "POST", json: {}, keepalive });
}

/** A run of the person's that is over, or still goes on. */
export interface RunRecord {
  readonly runId: string;
  readonly status: string;
  /** Seconds. */
  readonly elapsed: number | null;
  /** Seconds since 1970. */
  readonly createdAt: number;
}

export interface RunPage {
  readonly runs: readonly RunRecord[];
  readonly hasMore: boolean;
}

/** `GET /workflows/logs`: the person's own runs, newest first; pages count from 1. The gateway adds whose they are. */
export function getRuns(page: number, limit: number): Promise<RunPage> {
  return requestJson(`/workflows/logs?page=${page}&limit=${limit}`, readRunPage);
}

export function readRunPage(value: unknown): RunPage | null {
  const page = asPage(value);
  return page && { runs: asList(page.data, readRun), hasMore: page.hasMore };
}

export function readRun(value: unknown): RunRecord | null {
  const entry = asObject(value);
  const run = asObject(entry?.["workflow_run"]);
  const runId = asName(run?.["id"]);
  if (runId === null) return null;
  return {
    runId,
    status: asName(run?.["status"]) ?? "",
    elapsed: asNumber(run?.["elapsed_time"]),
    createdAt: asTime(entry?.["created_at"]) ?? 0,
  };
}
