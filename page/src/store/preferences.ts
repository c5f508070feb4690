// What the page remembers in this browser: nothing but these preferences. They are kept under a key with the path of the
// endpoint, because other pages of the same origin have the same storage, and the page works where storage throws.

import { type Signal, signal } from "@preact/signals";
import { gateway } from "../api/document";

export type Theme = "system" | "light" | "dark";

/** The colours that the person has chosen. */
export const theme = preference<Theme>("theme", "system", (value) => value === "light" || value === "dark");

/** The language that the person has chosen; empty: the browser's. */
export const chosenLanguage = preference<string>("language", "", () => true);

/** Whether the conversations are shown beside the conversation, where there is room. */
export const sidebar = preference<"shown" | "hidden">("sidebar", "shown", (value) => value === "hidden");

function preference<T extends string>(name: string, standard: T, other: (value: string) => boolean): Signal<T> {
  const key = `gateway:${gateway.basePath}:${name}`;
  const kept = read(key);
  const value = signal<T>(kept !== null && other(kept) ? (kept as T) : standard);
  let last = value.value;
  value.subscribe((now) => {
    if (now === last) return;
    last = now;
    write(key, now === standard ? null : now);
  });
  return value;
}

function read(key: string): string | null {
  try {
    return localStorage.getItem(key);
  } catch {
    return null;
  }
}

function write(key: string, value: string | null): void {
  try {
    if (value === null) localStorage.removeItem(key);
    else localStorage.setItem(key, value);
  } catch {
    // Storage is switched off or full: the preference holds until the page is left.
  }
}
