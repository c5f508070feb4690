// Which conversation is on the screen, and its messages of earlier.

import { signal } from "@preact/signals";
import { ApiError } from "../api/errors";
import { listMessages } from "../api/history";
import { DRAWN_AT_ONCE } from "../limits";
import { readMessage } from "../turn/recorded";
import { awaitAnswer } from "./awaited";
import { conversationId, newTurn, type Turn, turns } from "./conversation";
import { nextFrame } from "./frames";
import { goTo, placeOfAddress } from "./place";
import { stopPlayback } from "./playback";
import { following } from "./scroll";

export type HistoryState =
  | { readonly kind: "ready" | "loading" }
  /** The conversation does not exist, or is somebody else's: the gateway does not say which. */
  | { readonly kind: "not-found" }
  | { readonly kind: "failed"; readonly error: unknown };

export const historyState = signal<HistoryState>({ kind: "ready" });

/** Whether there are messages before those that are shown. */
export const hasOlder = signal(false);

/** Opens a conversation, or a new one, as a step that the back button undoes. */
export function open(id: string | null, how: "step" | "replace" = "step"): void {
  goTo(id, how);
  show(id);
}

/** Opens the conversation that the address names, now and when the person goes back and forth. */
export function openFromAddress(): void {
  addEventListener("popstate", () => {
    if (placeOfAddress() !== conversationId.value) show(placeOfAddress());
  });
  // A conversation that begins gets its id with the first event.
  conversationId.subscribe((id) => {
    if (id !== null) goTo(id, "replace");
  });
  if (placeOfAddress() !== null) show(placeOfAddress());
}

/** How often something else has come onto the screen: what was loaded before that belongs nowhere. */
export const opened = signal(0);

/** Why nobody reads an answer any more. One for all of them: to make one for each of thousands of turns takes long. */
const LEFT = new DOMException("The conversation has been left.", "AbortError");

function show(id: string | null): void {
  opened.value += 1;
  // An answer that is coming goes on at Dify, and is there when the person comes back.
  for (const turn of turns.value) turn.abort.abort(LEFT);
  stopPlayback();
  following.value = true;
  turns.value = [];
  conversationId.value = id;
  hasOlder.value = id !== null;
  historyState.value = { kind: "ready" };
  if (id !== null) void loadOlder();
}

/** Loads the messages before the first one, unless they are on their way. */
export async function loadOlder(): Promise<void> {
  const id = conversationId.value;
  if (id === null || !hasOlder.value || historyState.value.kind === "loading") return;
  historyState.value = { kind: "loading" };
  const mine = opened.value;
  const first = turns.value[0]?.state.value.ids.messageId ?? null;
  try {
    const page = await listMessages(id, first);
    if (opened.value !== mine) return;
    const now = Date.now() / 1000;
    const older = page.data.flatMap((message) => {
      const turn = readMessage(message, now);
      return turn === null ? [] : [newTurn(turn.query, turn.state, turn.files)];
    });
    for (const slice of slices(older)) {
      turns.value = [...slice, ...turns.value];
      await new Promise<void>((resolve) => nextFrame(resolve));
      if (opened.value !== mine) return;
    }
    hasOlder.value = page.hasMore && older.length > 0;
    historyState.value = { kind: "ready" };
    const latest = turns.value.at(-1);
    if (first === null && latest?.state.value.status === "away") void awaitAnswer(latest);
  } catch (error) {
    if (opened.value !== mine) return;
    historyState.value = isUnknown(error) ? { kind: "not-found" } : { kind: "failed", error };
  }
}

/** What a turn costs besides its text, in letters that cost as much. */
const TURN = 512;

/** Turns that are drawn in one frame, the latest first. */
function* slices(older: readonly Turn[]): Generator<readonly Turn[]> {
  let slice: Turn[] = [];
  let length = 0;
  for (const turn of [...older].reverse()) {
    slice = [turn, ...slice];
    length += TURN + turn.query.length + turn.answer.value.length;
    if (length < DRAWN_AT_ONCE) continue;
    yield slice;
    slice = [];
    length = 0;
  }
  if (slice.length > 0) yield slice;
}

/** Dify says 404 of a conversation that it does not know, and 400 of an id that cannot be one. */
function isUnknown(error: unknown): boolean {
  return error instanceof ApiError && (error.status === 404 || error.status === 400);
}
