// Sending what a person has written, or a question that the app has suggested.

import { parameters } from "./app";
import type { SentFile } from "./attachments";
import { ask, conversationId, isAnswering, turns } from "./conversation";
import { reloadLatest } from "./conversations";
import { historyState } from "./history";
import { messageInputs } from "./message-inputs";
import { following } from "./scroll";
import { canSend, signInSilently } from "./session";
import { suggestAfter } from "./suggestions";

/** Sends a question and follows its answer. Returns whether the gateway has taken it; else nothing has changed. */
export async function send(query: string, files: readonly SentFile[] = []): Promise<boolean> {
  // What the app must be told is known with its parameters.
  if (isAnswering.value || parameters.value === null || historyState.value.kind === "not-found") return false;
  if (!canSend.value) {
    signInSilently();
    return false;
  }
  const inputs = messageInputs();
  if (inputs === null) return false;
  following.value = true;
  const answered = ask(query, files, inputs);
  const turn = turns.value.at(-1);
  const taken = await answered;
  if (!taken) signInSilently();
  else if (turn !== undefined && turns.value.includes(turn)) {
    void suggestAfter(turn);
    // The conversation goes to the top of the list; a new one has got its name.
    if (conversationId.value !== null) void reloadLatest();
  }
  return taken;
}
