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
 * first page that opens afterwards takes them out.
 */
export function keepDraft(user: string | null, leaving: "reload" | "sign-in"): void {
  const kept: Kept = { user: user ?? "", draft: user === null ? "" : draft.value, fragment: location.hash };
  history.replaceState({ ...history.state, kept }, "");
  if (leaving === "reload") return;
  try {
    sessionStorage.setItem(KEY, JSON.stringify(kept));
  } catch {
    // Storage is switched off: going back in the history brings the draft.
  }
}

/** Takes what was kept; the draft is restored for the same user only, the fragment for everybody. */
export function restoreDraft(user: string | null): void {
  const kept = takeFromTab() ?? (history.state as { kept?: Kept } | null)?.kept ?? null;
  if (kept === null) return;
  const fragment = location.hash === "" ? kept.fragment : "";
  history.replaceState(
    { ...history.state, kept: undefined },
    "",
    location.pathname + location.search + (fragment || location.hash),
  );
  if (user !== null && kept.user === user && draft.value === "") draft.value = kept.draft;
}

function takeFromTab(): Kept | null {
  try {
    const json = sessionStorage.getItem(KEY);
    sessionStorage.removeItem(KEY);
    return json === null ? null : (JSON.parse(json) as Kept);
  } catch {
    return null;
  }
}
