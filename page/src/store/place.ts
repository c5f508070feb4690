// Where the page is: the address names a conversation, `?c=<id>`, and nothing else; the history entry knows what is being
// answered there.

import { gateway } from "../api/document";
import { asName, asObject } from "../events/shape";
import type { Ids } from "../events/types";

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

/** Keeps in the history entry what is being answered, for the page that a reload makes of it. */
export function keepIds(ids: Ids): void {
  history.replaceState({ ...history.state, answering: ids }, "");
}

/** What was being answered when the page was left; null where nothing was. */
export function idsOfEntry(): Ids | null {
  return readIds(asObject(history.state)?.["answering"]);
}

/** Reads ids that the page has kept. */
export function readIds(value: unknown): Ids | null {
  const ids = asObject(value);
  if (ids === null) return null;
  return {
    taskId: asName(ids["taskId"]),
    messageId: asName(ids["messageId"]),
    conversationId: asName(ids["conversationId"]),
    runId: asName(ids["runId"]),
  };
}
