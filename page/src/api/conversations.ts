// The conversations of the person who is signed in.

import { request, requestJson } from "./request";

export interface Conversation {
  readonly id: string;
  readonly name: string;
  /** What the app said at the beginning, with the inputs filled in; empty where it said nothing. */
  readonly introduction: string | null;
  /** What the start form was filled with. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  readonly updated_at: number;
}

export interface ConversationPage {
  readonly has_more: boolean;
  readonly data: readonly Conversation[];
}

/** How many conversations one request asks for. */
const PAGE = 30;

/** The conversations that were used last; after `lastId` those before it. */
export function listConversations(lastId: string | null): Promise<ConversationPage> {
  const query = new URLSearchParams({ limit: String(PAGE), ...(lastId === null ? {} : { last_id: lastId }) });
  return requestJson<ConversationPage>(`/conversations?${query}`);
}

export function renameConversation(id: string, name: string): Promise<Conversation> {
  return requestJson<Conversation>(`${path(id)}/name`, { method: "POST", json: { name } });
}

/** Has the app's model find a name. */
export function nameConversation(id: string): Promise<Conversation> {
  return requestJson<Conversation>(`${path(id)}/name`, { method: "POST", json: { auto_generate: true } });
}

export async function deleteConversation(id: string): Promise<void> {
  // Dify takes a DELETE only with a JSON body.
  await request(path(id), { method: "DELETE", json: {} });
}

function path(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
}
