// What a person thinks of an answer.

import { request, requestJson } from "./request";

/** Null takes back what was said. */
export async function rateMessage(id: string, rating: "like" | "dislike" | null, comment: string): Promise<void> {
  const content = comment === "" ? {} : { content: comment };
  await request(`/messages/${encodeURIComponent(id)}/feedbacks`, { method: "POST", json: { rating, ...content } });
}

/** Questions that may come next. */
export async function suggestedAfter(id: string): Promise<readonly string[]> {
  const { data } = await requestJson<{ readonly data?: readonly string[] }>(
    `/messages/${encodeURIComponent(id)}/suggested`,
  );
  return data ?? [];
}
