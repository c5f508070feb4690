// What a screen reader says although the focus is elsewhere.

import { signal } from "@preact/signals";

/** The last announcement. */
export const announcement = signal("");

/** Has a screen reader say a text once. */
export function announce(text: string): void {
  // The same text twice would be no change, and not be said.
  announcement.value = announcement.value === text ? `${text}\u00a0` : text;
}
