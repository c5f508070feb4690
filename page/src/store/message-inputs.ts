// What goes with a message besides the question: the start form of a chat app.

import { effect } from "@preact/signals";
import { inputsOf } from "../forms/values";
import { mode } from "./app";
import { conversationId } from "./conversation";
import { conversations } from "./conversations";
import { startForm } from "./start-form";

/**
 * The inputs of the next message; null where a new conversation cannot begin with what has been filled in. A chatflow gets
 * them with every message; the other apps keep those of the first one.
 */
export function messageInputs(): Readonly<Record<string, unknown>> | null {
  const form = startForm.value;
  if (conversationId.value === null) return form.inputs();
  // In a conversation that goes on Dify itself says what it lacks: files of its beginning are not in the form any more.
  return mode.value === "advanced-chat" ? inputsOf(form.all, form.values.value) : {};
}

/** Fills the form with what an older conversation was begun with, whenever one is opened. */
export function keepFormOfConversation(): void {
  let filledFor: string | null = null;
  effect(() => {
    const known = conversations.value.find(({ id }) => id === conversationId.value);
    if (known === undefined || known.id === filledFor) return;
    filledFor = known.id;
    startForm.value.fillFrom(known.inputs);
  });
}
