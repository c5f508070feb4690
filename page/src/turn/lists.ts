// Changed copies of lists.

import { ENTRIES } from "../limits";

/** The list with another entry at `index`. (`Array.prototype.with` is younger than the oldest browsers of the page.) */
export function withAt<T>(list: readonly T[], index: number, entry: T): readonly T[] {
  const copy = [...list];
  copy[index] = entry;
  return copy;
}

/** The list with those of `more` that it does not have. */
export function addedById<T extends { readonly id: string }>(known: readonly T[], more: readonly T[]): readonly T[] {
  const added = more.filter((entry) => !known.some((other) => other.id === entry.id));
  return added.length === 0 ? known : [...known, ...added].slice(0, ENTRIES);
}
