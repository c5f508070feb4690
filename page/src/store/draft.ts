// The text that a person is writing, and how it survives a sign-in or a reload.

import { signal } from "@preact/signals";
import { gateway } from "../api/document";

/** The text in the composer. */
export const draft = signal("");

/** What is kept while the page is away. */
interface Kept {
  /** `user` of the session in which the draft was written: nobody else gets to see it. */
  readonly user: string;
  readonly draft: string;
  /** The fragment of the address: a server never sees it, so it cannot be part of the return address. */
  readonly fragment: string;
}

const KEY = `gateway:${gateway.basePath}:return`;

/**
 * Keeps draft and fragment before the page is left. A reload finds them in the history entry, which only this entry's
 * documents can read. A sign-in ends in a new entry, so for it they are also put into the tab's storage, from which the
 * first page of a person who is signed in takes them out.
 */
export function keepDraft(user: string | null, leaving: "reload" | "sign-in"): void {
  // Whoever is not signed in has written nothing, and may be on the way back to a draft that waits.
  const written = user === null ? waiting() : { user, draft: draft.value };
  const kept: Kept = { user: "", draft: "", ...written, fragment: location.hash };
  history.replaceState({ ...history.state, kept }, "");
  if (leaving === "reload") return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is switched off: going back in the history brings the draft.
  }
}

/**
 * Restores what was kept: the draft for the same user only, the fragment for everybody. Where nobody is signed in, as after
 * a sign-in that was broken off, the draft goes on waiting.
 */
export function restoreDraft(user: string | null): void {
  const kept = waiting();
  if (kept === null) return;
  const { pathname, search, hash } = location;
  const state = user === null ? history.state : { ...history.state, kept: undefined };
  history.replaceState(state, "", pathname + search + (hash || kept.fragment));
  if (user === null) return;
  forget();
  if (kept.user === user && draft.value === "") draft.value = kept.draft;
}

function waiting(): Kept | null {
  return inTab() ?? (history.state as { kept?: Kept } | null)?.kept ?? null;
}

function inTab(): Kept | null {
  try {
    const json = sessionStorage.getItem(KEY);
    return json === null ? null : (JSON.parse(json) as Kept);
  } catch {
    return null;
  }
}

function forget(): void {
  try {
    sessionStorage.removeItem(KEY);
  } catch {
    // Then it was never there.
  }
}
