// The messages of a conversation.

import { asObject, asPage, asTime } from "../events/shape";
import { requestJson } from "./request";

export interface MessagePage {
  readonly hasMore: boolean;
  /** The oldest first; `readMessage` reads them. */
  readonly data: readonly unknown[];
}

/** How many messages one request asks for: more than a screen, and little enough to be drawn within a frame or two. */
const PAGE = 20;

/** The latest messages of a conversation; with `firstId` those before it. */
export function listMessages(conversation: string, firstId: string | null): Promise<MessagePage> {
  const query = new URLSearchParams({
    conversation_id: conversation,
    limit: String(PAGE),
    ...(firstId === null ? {} : { first_id: firstId }),
  });
  return requestJson(`/messages?${query}`, readMessagePage);
}

/** Dify sends the newest first, and releases of long ago sent the oldest first. */
export function readMessagePage(value: unknown): MessagePage | null {
  const page = asPage(value);
  if (page === null) return null;
  const at = (message: unknown) => asTime(asObject(message)?.["created_at"]) ?? 0;
  const isOldestFirst = at(page.data[0]) < at(page.data.at(-1));
  return { ...page, data: isOldestFirst ? page.data : [...page.data].reverse() };
}
