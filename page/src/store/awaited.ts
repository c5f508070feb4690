// An answer that is written at Dify while this page does not hear of it: the person has come back to its conversation.

import { listMessages } from "../api/history";
import { readMessage } from "../turn/recorded";
import { conversationId, type Turn, turns } from "./conversation";
import { reconnect } from "./forms";
import { idsOfEntry } from "./place";
import { suggestAfter } from "./suggestions";

/** Seconds between two looks: short at first, because most answers are. */
const FIRST = 2;
const LONGEST = 15;

/** Looks for the answer of the last turn until it is there, or the person has gone elsewhere. */
export async function awaitAnswer(turn: Turn): Promise<void> {
  const { messageId } = turn.state.value.ids;
  const known = idsOfEntry();
  // A chatflow's run tells all that it does once more.
  if (known !== null && known.messageId === messageId && known.runId !== null) {
    turn.state.value = { ...turn.state.value, ids: known };
    return reconnect(turn);
  }
  for (let pause = FIRST; isShown(turn); pause = Math.min(pause * 1.5, LONGEST)) {
    await new Promise((resolve) => setTimeout(resolve, pause * 1000));
    if (isShown(turn)) await look(turn);
  }
  if (turn.state.value.status === "done") void suggestAfter(turn);
}

function isShown(turn: Turn): boolean {
  return turn.state.value.status === "away" && turns.value.includes(turn);
}

async function look(turn: Turn): Promise<void> {
  const id = conversationId.value;
  if (id === null) return;
  // Where the gateway is out of reach the next look may find it.
  const page = await listMessages(id, null).catch(() => null);
  const now = Date.now() / 1000;
  const found = page?.data
    .map((message) => readMessage(message, now))
    .find((message) => message?.state.ids.messageId === turn.state.value.ids.messageId);
  if (found && isShown(turn)) turn.state.value = found.state;
}
