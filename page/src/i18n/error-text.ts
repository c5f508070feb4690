// An error in the words of the person's language.

import { ApiError, isSessionOver, NetworkError } from "../api/errors";
import type { Texts } from "./languages";
import { fill, texts } from "./texts";

type Words = keyof Texts["error"];

/** What Dify and the gateway call it, and the text for it. */
const BY_CODE: Readonly<Record<string, Words>> = {
  app_unavailable: "appUnavailable",
  agent_not_published: "appUnavailable",
  configuration_error: "appUnavailable",
  provider_not_initialize: "model",
  model_currently_not_support: "model",
  completion_request_error: "model",
  provider_quota_exceeded: "quota",
  gateway_timeout: "timeout",
  connection_lost: "network",
  unreadable_response: "unexpected",
  file_too_large: "tooLarge",
  audio_too_large: "tooLarge",
  unsupported_file_type: "unsupported",
  unsupported_audio_type: "unsupported",
  file_extension_blocked: "unsupported",
};

const BY_STATUS: Readonly<Record<number, Words>> = {
  403: "forbidden",
  404: "notFound",
  413: "tooLarge",
  415: "unsupported",
  504: "timeout",
};

/** One or two sentences for a person. Foreign messages are not shown: they are in no language of the page. */
export function errorText(error: unknown): string {
  const { error: words } = texts.value;
  if (error instanceof NetworkError) return words.network;
  if (isSessionOver(error)) return words.sessionOver;
  const { code } = error as { readonly code?: unknown };
  const known = typeof code === "string" ? BY_CODE[code] : undefined;
  if (known !== undefined) return words[known];
  if (error instanceof ApiError) {
    if (error.status === 429 || error.status === 503) return fill(words.busy, { seconds: error.retryAfter ?? 30 });
    const byStatus = BY_STATUS[error.status];
    if (byStatus !== undefined) return words[byStatus];
  }
  if (code === "rate_limit_error" || code === "too_many_requests") return fill(words.busy, { seconds: 30 });
  return fill(words.unknown, { code: typeof code === "string" ? code : "unknown" });
}
