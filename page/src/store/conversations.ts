// The list of the person's conversations.

import { computed, signal } from "@preact/signals";
import {
  type Conversation,
  deleteConversation,
  listConversations,
  nameConversation,
  renameConversation,
} from "../api/conversations";
import { isChat } from "./app";
import { merged } from "./conversation-pages";
import { isOpen } from "./session";

/** As far as it has been loaded, the latest first. */
export const conversations = signal<readonly Conversation[]>([]);

/** Whether the gateway has more of them than are loaded. */
export const hasMore = signal(true);

export type ListState = { readonly kind: "ready" | "loading" } | { readonly kind: "failed"; readonly error: unknown };

export const listState = signal<ListState>({ kind: "ready" });

/** Whether the person can look at earlier ones. */
export const isListed = computed(() => isChat.value && isOpen("get_conversations") && isOpen("get_messages"));

/** Loads the next page, unless one is on its way. */
export async function loadMore(): Promise<void> {
  if (listState.value.kind === "loading" || !hasMore.value) return;
  await load(conversations.value.at(-1)?.id ?? null);
}

/** Asks for the latest ones again, after something has changed; the older ones stay. */
export async function reloadLatest(): Promise<void> {
  if (listState.value.kind !== "loading") await load(null);
}

async function load(lastId: string | null): Promise<void> {
  if (!isListed.value) return;
  listState.value = { kind: "loading" };
  try {
    const page = await listConversations(lastId);
    const known = conversations.value;
    conversations.value = lastId === null ? merged(page.data, known) : merged(known, page.data);
    // Asking for the latest again says nothing about the end of the list.
    if (lastId !== null || known.length === 0) hasMore.value = page.hasMore && page.data.length > 0;
    listState.value = { kind: "ready" };
  } catch (error) {
    listState.value = { kind: "failed", error };
  }
}

export async function rename(id: string, name: string): Promise<void> {
  replace(await renameConversation(id, name));
}

export async function nameAutomatically(id: string): Promise<void> {
  replace(await nameConversation(id));
}

export async function remove(id: string): Promise<void> {
  await deleteConversation(id);
  conversations.value = conversations.value.filter((other) => other.id !== id);
}

function replace(changed: Conversation): void {
  conversations.value = conversations.value.map((each) => (each.id === changed.id ? { ...each, ...changed } : each));
}
