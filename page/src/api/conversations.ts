// The conversations of the person who is signed in.

import { asList, asName, asObject, asPage, asShownData, asText, asTime } from "../events/shape";
import * as limits from "../limits";
import { request, requestJson } from "./request";

export interface Conversation {
  readonly id: string;
  readonly name: string;
  /** What the app said at the beginning, with the inputs filled in; empty where it said nothing. */
  readonly introduction: string;
  /** What the start form was filled with. */
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Seconds since 1970. */
  readonly updated_at: number;
}

export interface ConversationPage {
  readonly hasMore: boolean;
  readonly data: readonly Conversation[];
}

/** How many conversations one request asks for. */
const PAGE = 30;

/** The conversations that were used last; after `lastId` those before it. */
export function listConversations(lastId: string | null): Promise<ConversationPage> {
  const query = new URLSearchParams({ limit: String(PAGE), ...(lastId === null ? {} : { last_id: lastId }) });
  return requestJson(`/conversations?${query}`, readConversationPage);
}

export function renameConversation(id: string, name: string): Promise<Conversation> {
  return requestJson(`${path(id)}/name`, readConversation, { method: "POST", json: { name } });
}

/** Has the app's model find a name. */
export function nameConversation(id: string): Promise<Conversation> {
  return requestJson(`${path(id)}/name`, readConversation, { method: "POST", json: { auto_generate: true } });
}

export async function deleteConversation(id: string): Promise<void> {
  // Dify takes a DELETE only with a JSON body.
  await request(path(id), { method: "DELETE", json: {} });
}

export function readConversationPage(value: unknown): ConversationPage | null {
  const page = asPage(value);
  return page && { hasMore: page.hasMore, data: asList(page.data, readConversation) };
}

/** Null where the value is no conversation. */
export function readConversation(value: unknown): Conversation | null {
  const conversation = asObject(value);
  const id = asName(conversation?.["id"]);
  if (conversation === null || id === null) return null;
  return {
    id,
    name: asText(conversation["name"], limits.NAME) ?? "",
    introduction: asText(conversation["introduction"]) ?? "",
    inputs: asShownData(conversation["inputs"], limits.ANSWER) ?? {},
    updated_at: asTime(conversation["updated_at"]) ?? 0,
  };
}

function path(id: string): string {
  return `/conversations/${encodeURIComponent(id)}`;
}
