// What the window has room for.

import { type ReadonlySignal, signal } from "@preact/signals";

/** Whether the conversations have a place beside the conversation; the same width is in `Sidebar.css`. */
export const isWide = media("(min-width: 56rem)");

function media(query: string): ReadonlySignal<boolean> {
  const list = matchMedia(query);
  const value = signal(list.matches);
  list.addEventListener("change", () => {
    value.value = list.matches;
  });
  return value;
}

/** Whether the conversations lie over the conversation, where there is no room beside it. */
export const drawerOpen = signal(false);

/** Whether the browser has a network at all. */
export const isOnline = signal(navigator.onLine);
for (const change of ["online", "offline"] as const) {
  addEventListener(change, () => {
    isOnline.value = navigator.onLine;
  });
}
