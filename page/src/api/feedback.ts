// What a person thinks of an answer.

import { asList, asName, asPage } from "../events/shape";
import { request, requestJson } from "./request";

/** Null takes back what was said. */
export async function rateMessage(id: string, rating: "like" | "dislike" | null, comment: string): Promise<void> {
  const content = comment === "" ? {} : { content: comment };
  await request(`/messages/${encodeURIComponent(id)}/feedbacks`, { method: "POST", json: { rating, ...content } });
}

/** Questions that may come next. */
export function suggestedAfter(id: string): Promise<readonly string[]> {
  return requestJson(`/messages/${encodeURIComponent(id)}/suggested`, (value) => {
    const page = asPage(value);
    return page && asList(page.data, asName);
  });
}
