// Questions that may come next.

import { computed, signal } from "@preact/signals";
import { suggestedAfter } from "../api/feedback";
import { parameters } from "./app";
import { type Turn, turns } from "./conversation";
import { isOpen } from "./session";

const found = signal<{ readonly turn: Turn; readonly questions: readonly string[] } | null>(null);

/** Those after the last answer. */
export const suggestions = computed(() =>
  found.value !== null && found.value.turn === turns.value.at(-1) ? found.value.questions : [],
);

/** Asks for questions after an answer, where the app offers any. Without a model Dify fails: then there are none. */
export async function suggestAfter(turn: Turn): Promise<void> {
  const { status, ids } = turn.state.value;
  if (!parameters.value?.suggests_after_answer || !isOpen("get_message_suggested")) return;
  if (status !== "done" || ids.messageId === null) return;
  const questions = await suggestedAfter(ids.messageId).catch(() => []);
  if (questions.length > 0) found.value = { turn, questions };
}
