import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { getInfo, getParameters, getSite } from "../src/api/app";
import { deleteConversation, listConversations, nameConversation, renameConversation } from "../src/api/conversations";
import { rateMessage, suggestedAfter } from "../src/api/feedback";
import { uploadFile } from "../src/api/files";
import { listMessages } from "../src/api/history";
import { sendMessage, stopMessage } from "../src/api/messages";
import { speak, transcribe } from "../src/api/speech";
import { readMessage } from "../src/turn/recorded";
import { BASE } from "./dom";
import { assertGolden } from "./golden";
import { all, answer, answerWith, assertCase, type Case, ok, RESPONSES, requestOf } from "./server";
import { RECORDED, streamOf } from "./streams";

const CONVERSATION = "555123ac-f4e5-4ec3-a347-493f827797fa";
const never = new AbortController().signal;

test("each operation is asked as Dify wants it, and gives what Dify has answered", async () => {
  const cases: Case[] = [
    {
      answer: "info",
      call: async () => (await getInfo()).mode,
      asks: ["GET", "/info", null],
      gives: "advanced-chat",
    },
    {
      answer: "site",
      call: async () => (await getSite()).title,
      asks: ["GET", "/site", null],
      gives: "oidc-chatflow",
    },
    {
      answer: "parameters",
      call: async () => (await getParameters()).file_upload?.number_limits,
      asks: ["GET", "/parameters", null],
      gives: 3,
    },
    {
      answer: "conversations",
      call: async () => (await listConversations(null)).data[0]?.id,
      asks: ["GET", "/conversations?limit=30", null],
      gives: CONVERSATION,
    },
    {
      answer: "conversations-one-more",
      call: async () => (await listConversations("a&b")).hasMore,
      asks: ["GET", "/conversations?limit=30&last_id=a%26b", null],
      gives: true,
    },
    {
      answer: "rename",
      call: async () => (await renameConversation("../x", "my chat")).name,
      asks: ["POST", "/conversations/..%2Fx/name", { name: "my chat" }],
      gives: "my chat",
    },
    {
      answer: "rename",
      call: async () => (await nameConversation("c")).name,
      asks: ["POST", "/conversations/c/name", { auto_generate: true }],
      gives: "my chat",
    },
    {
      answer: "deleted",
      call: () => deleteConversation("c"),
      asks: ["DELETE", "/conversations/c", {}],
      gives: undefined,
    },
    {
      answer: "feedback",
      call: () => rateMessage("m", "like", ""),
      asks: ["POST", "/messages/m/feedbacks", { rating: "like" }],
      gives: undefined,
    },
    {
      answer: "feedback",
      call: () => rateMessage("m", "dislike", "no"),
      asks: ["POST", "/messages/m/feedbacks", { rating: "dislike", content: "no" }],
      gives: undefined,
    },
    {
      answer: "feedback",
      call: () => rateMessage("m", null, ""),
      asks: ["POST", "/messages/m/feedbacks", { rating: null }],
      gives: undefined,
    },
    {
      answer: "stop",
      call: () => stopMessage("t/1"),
      asks: ["POST", "/chat-messages/t%2F1/stop", {}],
      gives: undefined,
    },
    {
      answer: "speech-nothing",
      call: () => speak("m", never),
      asks: ["POST", "/text-to-audio", { message_id: "m" }],
      gives: null,
    },
  ];
  for (const each of cases) await assertCase(each);
});

test("a message is sent with what it has, and never with a user", async () => {
  const file = { type: "image", transfer_method: "local_file", upload_file_id: "f" } as const;
  const full = { query: "q", inputs: { a: 1 }, files: [file], conversationId: "c" };
  const asked = answer([ok(RECORDED.get("chatflow") ?? assert.fail())]);
  assert.equal((await all(sendMessage(full, never))).at(-1)?.kind, "run-finished");
  const body = { query: "q", inputs: { a: 1 }, response_mode: "streaming", files: [file], conversation_id: "c" };
  assert.deepEqual(requestOf(asked), ["POST", "/chat-messages", body]);

  const first = answer([ok(streamOf([]))]);
  await all(sendMessage({ query: "q", inputs: {}, files: [], conversationId: null }, never));
  assert.deepEqual(requestOf(first)[2], { query: "q", inputs: {}, response_mode: "streaming" });
});

test("errors of an operation come out of it", async () => {
  const cases: [string, () => Promise<unknown>, string][] = [
    ["suggested-500", () => suggestedAfter("m"), "internal_server_error"],
    ["suggested-400", () => suggestedAfter("m"), "bad_request"],
    ["conversation-unknown", () => listConversations("c"), "not_found"],
    ["no-model", () => transcribe(new Blob(["x"]), never), "provider_not_initialize"],
    ["speech-off", () => speak("m", never), "invalid_param"],
    [
      "forbidden",
      () => all(sendMessage({ query: "q", inputs: {}, files: [], conversationId: null }, never)),
      "forbidden",
    ],
  ];
  for (const [name, call, code] of cases) {
    answerWith(name);
    await assert.rejects(call(), { name: "ApiError", code }, name);
  }
});

test("the messages of a conversation become the turns that they were", async () => {
  for (const [name, before, query] of [
    ["messages", null, "conversation_id=c&limit=20"],
    ["messages-with-form", "m", "conversation_id=c&limit=20&first_id=m"],
  ] as const) {
    const asked = answerWith(name);
    const page = await listMessages("c", before);
    assert.deepEqual(requestOf(asked), ["GET", `/messages?${query}`, null]);
    assertGolden(
      name,
      page.data.map((message) => readMessage(message, 1795236000)),
    );
  }
});

test("speech is sent as WAV, and an answer that is read aloud is a sound", async () => {
  const heard = answer([ok('{"text": "hello"}', "application/json")]);
  assert.equal(await transcribe(new Blob(["RIFF"], { type: "audio/wav" }), never), "hello");
  const file = (heard[0]?.options.body as FormData | undefined)?.get("file");
  assert.ok(file instanceof File);
  assert.deepEqual([file.name, file.type], ["recording.wav", "audio/wav"]);

  answer([ok("ID3", "audio/mpeg")]);
  assert.equal(await (await speak("m", never))?.text(), "ID3");
});

test("an upload tells how far it is, and ends with an id, an error or the wish to end it", async () => {
  const cases: [string, unknown][] = [
    ["upload", "d263ca58-5e6e-4b59-bd9e-a091f62c7101"],
    ["upload-413", { name: "ApiError", code: "file_too_large" }],
    ["upload-415", { name: "ApiError", code: "unsupported_file_type" }],
    ["offline", { name: "NetworkError" }],
    ["aborted", { name: "AbortError" }],
  ];
  for (const [name, expected] of cases) {
    const shares: number[] = [];
    const exchange = fakeExchange(name);
    const abort = new AbortController();
    const upload = uploadFile(new File(["hello"], "a/b.txt"), (share) => shares.push(share), abort.signal);
    if (name === "aborted") abort.abort();
    if (typeof expected === "string") assert.equal(await upload, expected);
    else await assert.rejects(upload, expected as assert.AssertPredicate, name);
    assert.deepEqual(exchange.asked, {
      method: "POST",
      url: `${BASE}/files/upload`,
      token: "page-token",
      file: "a_b.txt",
    });
    if (name === "upload") assert.deepEqual(shares, [0.5, 1]);
  }
});

/** XMLHttpRequest as far as an upload uses it; `name`: a recorded response, or how there is none. */
function fakeExchange(name: string) {
  const asked = { method: "", url: "", token: "", file: "" };
  class Exchange {
    upload: { onprogress?: (event: { loaded: number; total: number }) => void } = {};
    onload?: () => void;
    onerror?: () => void;
    onabort?: () => void;
    status = RESPONSES[name]?.status ?? 0;
    responseText = RESPONSES[name]?.body ?? "";
    open(method: string, url: string): void {
      Object.assign(asked, { method, url });
    }
    setRequestHeader(field: string, value: string): void {
      if (field === "X-Gateway-Page") asked.token = value;
    }
    getResponseHeader(): null {
      return null;
    }
    abort(): void {
      this.onabort?.();
    }
    send(body: FormData): void {
      asked.file = (body.get("file") as File).name;
      queueMicrotask(() => {
        if (name === "offline") this.onerror?.();
        if (name === "offline" || name === "aborted") return;
        for (const loaded of [50, 100]) this.upload.onprogress?.({ loaded, total: 100 });
        this.onload?.();
      });
    }
  }
  Object.assign(globalThis, { XMLHttpRequest: Exchange });
  return { asked };
}
