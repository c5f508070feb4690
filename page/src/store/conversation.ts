// The conversation on the screen: its turns, and the answer that is coming.

import { batch, type Signal, signal } from "@preact/signals";
import { isSessionOver } from "../api/errors";
import { sendMessage } from "../api/messages";
import type { StreamEvent } from "../events/types";

/** A question and its answer. */
export interface Turn {
  /** Of this page, for as long as it is open. */
  readonly key: number;
  readonly query: string;
  readonly answer: Signal<string>;
  readonly state: Signal<TurnState>;
  /** The message's id at Dify, as soon as an event has named it. */
  readonly messageId: Signal<string | null>;
}

export type TurnState =
  | { readonly kind: "streaming" }
  | { readonly kind: "done" }
  | { readonly kind: "failed"; readonly error: unknown };

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
  try {
    const events = sendMessage(
      { query, inputs: {}, conversationId: conversationId.value },
      new AbortController().signal,
    );
    for await (const event of events) apply(turn, event);
    if (turn.state.value.kind === "streaming") turn.state.value = { kind: "done" };
    return true;
  } catch (error) {
    if (isSessionOver(error)) {
      turns.value = turns.value.filter((other) => other !== turn);
      return false;
    }
    turn.state.value = { kind: "failed", error };
    return true;
  }
}

function newTurn(query: string): Turn {
  return {
    key: nextKey++,
    query,
    answer: signal(""),
    state: signal<TurnState>({ kind: "streaming" }),
    messageId: signal<string | null>(null),
  };
}

function apply(turn: Turn, event: StreamEvent): void {
  batch(() => {
    switch (event.event) {
      case "message":
      case "agent_message":
        turn.answer.value += event.answer;
        place(turn, event.message_id, event.conversation_id);
        break;
      case "message_replace":
        turn.answer.value = event.answer;
        break;
      case "message_end":
        place(turn, event.message_id, event.conversation_id);
        break;
      case "error":
        turn.state.value = { kind: "failed", error: new AnswerError(event.code ?? "unknown", event.message ?? "") };
        break;
    }
  });
}

function place(turn: Turn, messageId: string, conversation: string): void {
  turn.messageId.value = messageId;
  conversationId.value = conversation;
}

/** The answer itself said that it failed. */
export class AnswerError extends Error {
  override readonly name = "AnswerError";
  readonly code: string;

  constructor(code: string, message: string) {
    super(message);
    this.code = code;
  }
}
