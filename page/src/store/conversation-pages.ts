// Pages of a list that changes while it is read.

import type { Conversation } from "../api/conversations";

/** One list after the other; what is in both is taken from the first. */
export function merged(first: readonly Conversation[], second: readonly Conversation[]): readonly Conversation[] {
  const ids = new Set(first.map(({ id }) => id));
  return [...first, ...second.filter(({ id }) => !ids.has(id))];
}
