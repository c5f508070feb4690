// The conversation on the screen: its turns, and the answer that is coming.

import { computed, type ReadonlySignal, type Signal, signal } from "@preact/signals";
import { isSessionOver } from "../api/errors";
import { sendMessage } from "../api/messages";
import type { StreamEvent } from "../events/types";
import { ended, reduce, stopped } from "../turn/reduce";
import { type Failure, NEW_TURN, type TurnState } from "../turn/state";
import { inFrames } from "./frames";

/** A question and its answer. */
export interface Turn {
  /** Of this page, for as long as it is open. */
  readonly key: number;
  readonly query: string;
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

let nextKey = 0;

/**
 * Sends a message and follows its answer. Returns when the answer has ended, in whichever way: false where the message has
 * not been taken, because the session is over, and there is no turn of it.
 */
export async function ask(query: string): Promise<boolean> {
  const turn = newTurn(query);
  turns.value = [...turns.value, turn];
  const message = { query, inputs: {}, conversationId: conversationId.value };
  const taken = await follow(turn, sendMessage(message, turn.abort.signal));
  if (!taken) turns.value = turns.value.filter((other) => other !== turn);
  return taken;
}

/** Follows the events of an answer to their end: false where nothing has come because the session is over. */
export async function follow(turn: Turn, events: AsyncIterable<StreamEvent>): Promise<boolean> {
  const frames = inFrames<StreamEvent>((batch) => {
    turn.state.value = batch.reduce(reduce, turn.state.value);
    const { conversationId: id } = turn.state.value.ids;
    if (id !== null) conversationId.value = id;
  });
  try {
    for await (const event of events) frames.add(event);
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

export function newTurn(query: string, initial: TurnState = NEW_TURN): Turn {
  const state = signal(initial);
  return {
    key: nextKey++,
    query,
    state,
    answer: computed(() => state.value.answer),
    error: signal<unknown>(null),
    abort: new AbortController(),
  };
}
