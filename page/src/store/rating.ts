// What the person thinks of an answer, on the screen and at Dify.

import { rateMessage } from "../api/feedback";
import type { Rating } from "../turn/state";
import type { Turn } from "./conversation";

/** The longest comment: as much as fits into a form of feedback, and more than anybody writes. */
export const COMMENT_LENGTH = 2000;

/** Rates an answer, or takes that back with null. It is shown at once, and undone where the gateway does not take it. */
export async function rate(turn: Turn, messageId: string, rating: Rating, comment = ""): Promise<void> {
  const before = turn.state.value.rating;
  show(turn, rating);
  try {
    await rateMessage(messageId, rating, comment);
  } catch (error) {
    show(turn, before);
    throw error;
  }
}

function show(turn: Turn, rating: Rating): void {
  turn.state.value = { ...turn.state.value, rating };
}
