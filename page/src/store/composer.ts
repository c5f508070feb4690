// What goes with the draft.

import { computed, signal } from "@preact/signals";
import { parameters } from "./app";
import { newAttachments } from "./attachments";
import { draft } from "./draft";
import { rulesOf } from "./file-rules";

export const composer = {
  attachments: newAttachments(),
  /** Puts the focus where a person writes; the component sets it. */
  focus: () => {},
};

/** Which files may be sent; null: none. */
export const composerRules = computed(() =>
  rulesOf(parameters.value?.file_upload ?? null, parameters.value?.system_parameters ?? null),
);

/** Why what was said has not become a draft; null: nothing has gone wrong. */
export const dictationError = signal<unknown>(null);

/** Puts a text into the draft, for the person to change and send. */
export function edit(text: string): void {
  draft.value = text;
  composer.focus();
}

/** Adds what was said to the draft. */
export function addToDraft(text: string): void {
  const separator = draft.value === "" || /\s$/.test(draft.value) ? "" : " ";
  draft.value += separator + text;
  composer.focus();
}
