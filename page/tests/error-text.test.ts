import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { ApiError, NetworkError } from "../src/api/errors";
import en from "../src/i18n/en.json";
import { errorText } from "../src/i18n/error-text";
import { failureText } from "../src/i18n/failure-text";
import { texts } from "../src/i18n/texts";

test("each error is told in the person's words, with what there is to do", () => {
  texts.value = en;
  const { error: words } = en;
  const of = (status: number, code: string, retryAfter: number | null = null) =>
    new ApiError(status, code, "foreign <b>", retryAfter);
  const cases: [unknown, string][] = [
    [new NetworkError("no response"), words.network],
    [of(401, "session_expired"), words.sessionOver],
    [of(400, "provider_quota_exceeded"), words.quota],
    [of(400, "provider_not_initialize"), words.model],
    [of(400, "app_unavailable"), words.appUnavailable],
    [of(413, "request_entity_too_large"), words.tooLarge],
    [of(415, "unsupported_file_type"), words.unsupported],
    [of(429, "user_rate_limited", 12), "Too much is going on at the moment. Try again in 12 s."],
    [of(503, "busy"), "Too much is going on at the moment. Try again in 30 s."],
    [of(504, "gateway_timeout"), words.timeout],
    [of(403, "operation_not_allowed"), words.forbidden],
    [of(404, "not_found"), words.notFound],
    [of(200, "unreadable_response"), words.unexpected],
    [of(500, "internal_server_error"), "Something went wrong (internal_server_error)."],
    [new RangeError("whatever"), "Something went wrong (unknown)."],
  ];
  for (const [error, expected] of cases) assert.equal(errorText(error), expected);
});

test("an answer that failed says how, in the same words", () => {
  texts.value = en;
  const failure = (code: string) => ({ code, message: "foreign" });
  const cases: [string, unknown, string][] = [
    ["run_failed", null, en.failure.run],
    ["invalid_param", null, en.failure.input],
    ["answer_failed", null, ""],
    ["connection_lost", null, en.error.network],
    ["gateway_timeout", null, en.error.timeout],
    ["rate_limit_error", null, "Too much is going on at the moment. Try again in 30 s."],
    ["connection_lost", new ApiError(429, "x", "", 5), "Too much is going on at the moment. Try again in 5 s."],
  ];
  for (const [code, error, expected] of cases) assert.equal(failureText(failure(code), error), expected, code);
});
