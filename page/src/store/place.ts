// Which conversation the address names: `?c=<id>`. Nothing else of an address means anything to the page.

import { gateway } from "../api/document";

/** The id that the address names; null: a new conversation. */
export function placeOfAddress(): string | null {
  return new URLSearchParams(location.search).get("c") || null;
}

/** The address of a conversation, which opens for its owner alone. */
export function addressOf(id: string | null): string {
  return `${gateway.base}/${id === null ? "" : `?${new URLSearchParams({ c: id })}`}`;
}

/** Writes the conversation into the address: as a step that the back button undoes, or in place of what is there. */
export function goTo(id: string | null, how: "step" | "replace"): void {
  if (placeOfAddress() === id) return;
  if (how === "step") history.pushState({}, "", addressOf(id));
  else history.replaceState(history.state, "", addressOf(id));
}
