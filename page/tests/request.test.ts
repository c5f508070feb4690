import "./dom";
import assert from "node:assert/strict";
import { beforeEach, test } from "node:test";
import { ApiError, isSessionChanged, isSessionOver, NetworkError } from "../src/api/errors";
import { request, requestJson, sessionProblems } from "../src/api/request";
import { BASE } from "./dom";
import { answer, answerWith, recorded } from "./server";

let ended: string[] = [];

beforeEach(() => {
  ended = [];
  sessionProblems.handler = ({ code }) => ended.push(code);
});

test("every request has the page token, stays at the gateway and follows no redirect", async () => {
  const asked = answerWith("stop", "info");
  await request("/chat-messages/t/stop", { method: "POST", json: { a: 1 }, keepalive: true });
  await request("/info");
  assert.deepEqual(
    asked.map(({ url, options }) => [
      url,
      options.method,
      options.body,
      options.redirect,
      options.credentials,
      options.keepalive,
      Object.fromEntries(new Headers(options.headers)),
    ]),
    [
      [
        `${BASE}/chat-messages/t/stop`,
        "POST",
        '{"a":1}',
        "error",
        "same-origin",
        true,
        {
          accept: "application/json, text/event-stream",
          "content-type": "application/json",
          "x-gateway-page": "page-token",
        },
      ],
      [
        `${BASE}/info`,
        "GET",
        null,
        "error",
        "same-origin",
        false,
        { accept: "application/json, text/event-stream", "x-gateway-page": "page-token" },
      ],
    ],
  );
});

test("each error that Dify, the gateway, the daemon or a proxy answers with is an ApiError", async () => {
  const cases: [string | Response, number, string][] = [
    ["suggested-400", 400, "bad_request"],
    ["suggested-404", 404, "not_found"],
    ["suggested-500", 500, "internal_server_error"],
    ["internal", 500, "unknown"],
    ["html-404", 404, "unknown"],
    ["forbidden", 403, "forbidden"],
    ["no-model", 400, "provider_not_initialize"],
    ["speech-off", 400, "invalid_param"],
    ["upload-413", 413, "file_too_large"],
    ["upload-415", 415, "unsupported_file_type"],
    ["too-large", 413, "request_entity_too_large"],
    ["form-submitted", 412, "human_input_form_submitted"],
    [json(500, '{"code":-500,"message":"{}","data":null}'), 500, "unknown"],
    [json(502, ""), 502, "unknown"],
    [json(503, "null"), 503, "unknown"],
    [json(400, "[]"), 400, "unknown"],
    [json(400, '{"code":5,"message":{}}'), 400, "unknown"],
  ];
  for (const [response, status, code] of cases) {
    answer([() => (typeof response === "string" ? recorded(response) : response)]);
    await assert.rejects(request("/x"), (error) => {
      assert.ok(error instanceof ApiError);
      assert.deepEqual([error.status, error.code], [status, code]);
      return true;
    });
  }
  assert.deepEqual(ended, []);
});

test("Retry-After is read in seconds", async () => {
  for (const [field, seconds] of [
    ["7", 7],
    ["soon", null],
  ] as const) {
    answer([() => new Response("{}", { status: 429, headers: { "Retry-After": field } })]);
    await assert.rejects(request("/x"), { retryAfter: seconds });
  }
});

test("the end of the session is told, and nothing else is taken for it", async () => {
  const cases: [number, string, boolean, boolean][] = [
    [401, "session_missing", true, false],
    [401, "session_expired", true, false],
    [401, "session_ended", true, false],
    [401, "page_token_missing", true, false],
    [409, "session_changed", false, true],
    [401, "unauthorized", false, false],
    [503, "session_ended", false, false],
    [403, "forbidden", false, false],
  ];
  for (const [status, code, over, changed] of cases) {
    answer([() => json(status, JSON.stringify({ code, message: "m", status }))]);
    const error = await request("/x").catch((thrown: unknown) => thrown);
    assert.deepEqual([isSessionOver(error), isSessionChanged(error)], [over, changed], `${status} ${code}`);
    assert.deepEqual(ended.splice(0), over || changed ? [code] : [], `${status} ${code}`);
  }
});

test("no response is a network error, and a request that was aborted is none", async () => {
  answer([
    () => {
      throw new TypeError("failed to fetch");
    },
  ]);
  await assert.rejects(request("/x"), NetworkError);
  answer([
    () => {
      throw new DOMException("aborted", "AbortError");
    },
  ]);
  await assert.rejects(request("/x"), { name: "AbortError" });
});

test("a success whose body is no JSON is an error, not an exception of the parser", async () => {
  for (const body of ["", "<html>", '{"data": [']) {
    answer([() => json(200, body)]);
    await assert.rejects(
      requestJson("/x", (body) => body),
      { name: "ApiError", status: 200, code: "unreadable_response" },
      body,
    );
  }
  answer([() => new Response(brokenBody(), { headers: { "Content-Type": "application/json" } })]);
  await assert.rejects(
    requestJson("/x", (body) => body),
    NetworkError,
  );
});

function brokenBody(): ReadableStream {
  return new ReadableStream({ start: (controller) => controller.error(new TypeError("terminated")) });
}

function json(status: number, body: string): Response {
  return new Response(body, { status, headers: { "Content-Type": "application/json" } });
}
