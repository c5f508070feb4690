// The conversation on the screen: its turns, and the answer that is coming.

import { computed, effect, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { isSessionOver } from "../api/errors";
import { sendMessage, stopMessage } from "../api/messages";
import type { AnswerFile, StreamEvent } from "../events/types";
import { ended, reduce, stopped } from "../turn/reduce";
import { type Failure, isRunning, NEW_TURN, type TurnState } from "../turn/state";
import { mode } from "./app";
import type { SentFile } from "./attachments";
import { inFrames } from "./frames";
import { keepIds } from "./place";
import { hear, stopPlayback } from "./playback";

/** A question and its answer. */
export interface Turn {
  /** Of this page, for as long as it is open. */
  readonly key: number;
  readonly query: string;
  /** What the person has sent with it. */
  readonly files: readonly AnswerFile[];
  readonly state: Signal<TurnState>;
  /** The text of the answer: what changes most. */
  readonly answer: ReadonlySignal<string>;
  /** Why the answer could not be asked for or read, as it was thrown; what the answer itself says is `state.failure`. */
  readonly error: Signal<unknown>;
  /** Stops reading. */
  readonly abort: AbortController;
}

export const turns = signal<readonly Turn[]>([]);

/** Null: a conversation that does not exist yet. */
export const conversationId = signal<string | null>(null);

/** Whether an answer is on its way: a conversation has one at a time. */
export const isAnswering = signal(false);

// Not computed: each of thousands of buttons that read it would then look at it again whenever anything of an answer comes.
effect(() => {
  const last = turns.value.at(-1);
  isAnswering.value = last !== undefined && isRunning(last.state.value);
});

let nextKey = 0;

/**
 * Sends a message and follows its answer. Returns when the answer has ended, in whichever way: false where the message has
 * not been taken, because the session is over, and there is no turn of it.
 */
export async function ask(
  query: string,
  files: readonly SentFile[],
  inputs: Readonly<Record<string, unknown>>,
): Promise<boolean> {
  const turn = newTurn(query, NEW_TURN, files.map(shownFile));
  turns.value = [...turns.value, turn];
  const references = files.map(({ reference }) => reference);
  const message = { query, inputs, files: references, conversationId: conversationId.value };
  const taken = await follow(turn, sendMessage(message, turn.abort.signal));
  if (!taken) turns.value = turns.value.filter((other) => other !== turn);
  return taken;
}

/** Follows the events of an answer to their end: false where nothing has come because the session is over. */
export async function follow(turn: Turn, events: AsyncIterable<StreamEvent>): Promise<boolean> {
  const frames = inFrames<StreamEvent>((batch) => {
    const before = turn.state.value.ids;
    turn.state.value = batch.reduce(reduce, turn.state.value);
    const { conversationId: id, messageId, runId } = turn.state.value.ids;
    if (messageId !== before.messageId || runId !== before.runId) keepIds(turn.state.value.ids);
    // The person may have gone to another conversation meanwhile.
    if (id !== null && turns.value.includes(turn)) conversationId.value = id;
  });
  try {
    for await (const event of events) {
      const { messageId } = event.ids;
      if (event.kind !== "speech") frames.add(event);
      else if (messageId !== null) hear(messageId, event.audio, event.last);
    }
    frames.flush();
    turn.state.value = ended(turn.state.value, null);
    return true;
  } catch (error) {
    frames.flush();
    if (isSessionOver(error) && turn.state.value.status === "waiting") return false;
    fail(turn, error);
    return true;
  }
}

function fail(turn: Turn, error: unknown): void {
  if (turn.abort.signal.aborted) {
    turn.state.value = stopped(turn.state.value);
    return;
  }
  turn.error.value = error;
  turn.state.value = ended(turn.state.value, failureOf(error));
}

function failureOf(error: unknown): Failure {
  const { code } = error as { readonly code?: unknown };
  return { code: typeof code === "string" ? code : "connection_lost", message: "" };
}

/** Ends the answer that is coming. */
export async function stopAnswer(): Promise<void> {
  stopPlayback();
  const turn = turns.value.at(-1);
  if (turn !== undefined) await stopTurn(turn, stopMessage);
}

/** Ends what is running of a turn. Dify takes the end of a task only by its id, which comes with the first event. */
export async function stopTurn(turn: Turn, stop: (taskId: string) => Promise<void>): Promise<void> {
  if (!isRunning(turn.state.value)) return;
  const taskId = await taskOf(turn);
  // What has ended by itself needs no end; what cannot be ended is not read any more all the same.
  if (taskId !== null) await stop(taskId).catch(() => {});
  turn.abort.abort();
  // Dify ends the stream of an answer that it has stopped as if that were whole.
  if (taskId !== null && turn.state.value.status === "done") turn.state.value = stopped(turn.state.value);
}

/** The id of the turn's task, as soon as it is known; null where it ends before. */
function taskOf(turn: Turn): Promise<string | null> {
  return new Promise((resolve) => {
    const dispose = turn.state.subscribe((state) => {
      if (state.ids.taskId === null && isRunning(state)) return;
      resolve(isRunning(state) ? state.ids.taskId : null);
      queueMicrotask(() => dispose());
    });
  });
}

/** Whoever leaves wants no answer any more. The runs of a chatflow go on: the person can come back to them. */
export function stopOnLeave(): void {
  addEventListener("pagehide", () => {
    const turn = turns.value.at(-1);
    if (turn === undefined || !isRunning(turn.state.value) || mode.value === "advanced-chat") return;
    const { taskId } = turn.state.value.ids;
    if (taskId !== null) stopMessage(taskId).catch(() => {});
  });
}

function shownFile({ reference, name, size, mediaType }: SentFile): AnswerFile {
  const isUploaded = reference.transfer_method === "local_file";
  return {
    id: isUploaded ? reference.upload_file_id : reference.url,
    type: reference.type,
    name,
    mediaType,
    size,
    url: isUploaded ? null : reference.url,
    belongsTo: "user",
    method: reference.transfer_method,
    uploadId: isUploaded ? reference.upload_file_id : null,
  };
}

export function newTurn(query: string, initial: TurnState = NEW_TURN, files: readonly AnswerFile[] = []): Turn {
  const state = signal(initial);
  return {
    key: nextKey++,
    query,
    files,
    state,
    answer: computed(() => state.value.answer),
    error: signal<unknown>(null),
    abort: new AbortController(),
  };
}
