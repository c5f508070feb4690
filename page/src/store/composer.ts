// What goes with the draft.

import { computed, signal } from "@preact/signals";
import { parameters } from "./app";
import type { SentFile } from "./attachments";
import { draft, draftFiles } from "./draft";
import { open } from "./history";
import { uploadRules } from "./upload-rules";

export const composer = {
  attachments: draftFiles,
  /** Puts the focus where a person writes; the component sets it. */
  focus: () => {},
};

/** Which files may be sent; null: none. */
export const composerRules = computed(() => uploadRules(parameters.value?.file_upload ?? null));

/** Why what was said has not become a draft; null: nothing has gone wrong. */
export const dictationError = signal<unknown>(null);

/** Puts a question into the draft, for the person to change and send. What is already written stays before it. */
export function edit(question: string, files: readonly SentFile[]): void {
  draft.value = draft.value.trim() === "" ? question : `${draft.value.trimEnd()}\n\n${question}`;
  composer.attachments.addSent(files);
  composer.focus();
}

/** Begins a new conversation, in which a person writes at once. */
export function beginConversation(): void {
  open(null);
  composer.focus();
}

/** Adds what was said to the draft. */
export function addToDraft(text: string): void {
  const separator = draft.value === "" || /\s$/.test(draft.value) ? "" : " ";
  draft.value += separator + text;
  composer.focus();
}
