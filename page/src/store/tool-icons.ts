// The icons of the app's tools, asked for when an agent first calls one.

import { signal } from "@preact/signals";
import { getToolIcons, type ToolIcon } from "../api/meta";

export const toolIcons = signal<ReadonlyMap<string, ToolIcon>>(new Map());

let asked = false;

/** Loads the icons, once. Without them every tool has the same one. */
export function loadToolIcons(): void {
  if (asked) return;
  asked = true;
  getToolIcons().then(
    (icons) => {
      toolIcons.value = icons;
    },
    () => {},
  );
}
