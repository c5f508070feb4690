// An error in the words of the person's language.

import { ApiError, NetworkError } from "../api/errors";
import { fill, texts } from "./texts";

/** One or two sentences for a person. Foreign messages are not shown: they are in no language of the page. */
export function errorText(error: unknown): string {
  const { error: words } = texts.value;
  if (error instanceof NetworkError) return words.network;
  if (error instanceof ApiError) {
    if (error.status === 429 || error.status === 503) return fill(words.busy, { seconds: error.retryAfter ?? 30 });
  }
  const { code } = error as { readonly code?: unknown };
  return fill(words.unknown, { code: typeof code === "string" ? code : "unknown" });
}
