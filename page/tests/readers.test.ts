// Answers of other shapes than Dify's: whatever an operation answers with ends in a value that the page can draw, or in an
// error that it can tell.

import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { readInfo, readParameters, readSite } from "../src/api/app";
import { listConversations, readConversation, readConversationPage } from "../src/api/conversations";
import { suggestedAfter } from "../src/api/feedback";
import { listMessages, readMessagePage } from "../src/api/history";
import { getForm } from "../src/api/human-input";
import { sendMessage } from "../src/api/messages";
import { getToolIcons } from "../src/api/meta";
import { followRun, getRuns, readRunPage } from "../src/api/runs";
import { getSession, logOut, readLocation, readSession, refreshSession } from "../src/api/session";
import { transcribe } from "../src/api/speech";
import { readFileReference } from "../src/forms/uploads";
import { all, answer, ok, RESPONSES } from "./server";

const never = new AbortController().signal;
const recorded = (name: string): unknown => JSON.parse(RESPONSES[name]?.body ?? "");

/** Values that are nothing like what any operation answers with. */
const NOTHING_LIKE_IT = [null, true, 7, "text", [], [[]], [null]];

test("each recorded answer is read as it stands", () => {
  const cases: [string, unknown, object][] = [
    [
      "site",
      readSite(recorded("site")),
      {
        title: "oidc-chatflow",
        icon_type: "emoji",
        icon: "🤖",
        icon_background: "#FFEAD5",
        chat_color_theme: null,
        input_placeholder: null,
        custom_disclaimer: null,
        show_workflow_steps: true,
      },
    ],
    ["info", readInfo(recorded("info")), { mode: "advanced-chat" }],
    [
      "conversations-one-more",
      readConversationPage(recorded("conversations-one-more")),
      {
        hasMore: true,
        data: [
          // The inputs that the gateway fills are left out; the recorded one was never given.
          {
            id: "555123ac-f4e5-4ec3-a347-493f827797fa",
            name: "hi",
            introduction: "",
            inputs: { q: null },
            updated_at: 1795235706,
          },
        ],
      },
    ],
    [
      "rename",
      readConversation(recorded("rename")),
      {
        id: "aa29fb73-5683-4fc6-8049-3caa3f633e7a",
        name: "my chat",
        introduction: "",
        inputs: { q: "inq" },
        updated_at: 1795235707,
      },
    ],
    [
      "runs",
      readRunPage(recorded("runs")),
      {
        hasMore: false,
        runs: [{ runId: "dab48e9b-a371-4d22-8135-4b9db5252ff0", status: "paused", elapsed: 0, createdAt: 1795235989 }],
      },
    ],
  ];
  for (const [name, read, expected] of cases) assert.deepEqual(read, expected, name);
  const { fields, file_upload, system_parameters, ...rest } = readParameters(recorded("parameters")) ?? assert.fail();
  assert.deepEqual(rest, {
    opening_statement: "",
    suggested_questions: [],
    suggests_after_answer: false,
    speech_to_text: false,
    text_to_speech: false,
  });
  assert.deepEqual(
    fields.map(({ variable, kind, limit }) => [variable, kind, limit]),
    [
      ["q", "text", 256],
      ["doc", "file", 5],
    ],
  );
  assert.deepEqual(file_upload?.allowed_file_types, ["image", "document", "custom"]);
  assert.equal(system_parameters.file_size_limit, 15);
});

test("a member of another shape is as if it were not there", () => {
  const odd = [{ a: 1 }, [1], 7, true, null];
  for (const value of odd) {
    const site = readSite({
      title: value,
      icon_type: value,
      icon: value,
      icon_background: value,
      chat_color_theme: value,
      input_placeholder: value,
      custom_disclaimer: value,
    });
    assert.deepEqual(Object.values(site ?? {}), ["", null, null, null, null, null, null, true], JSON.stringify(value));
    const names = [
      "opening_statement",
      "suggested_questions",
      "suggested_questions_after_answer",
      "speech_to_text",
      "text_to_speech",
      "file_upload",
      "system_parameters",
      "user_input_form",
    ];
    const parameters = readParameters(Object.fromEntries(names.map((name) => [name, value]))) ?? assert.fail();
    assert.equal(parameters.opening_statement, "");
    assert.deepEqual([parameters.suggested_questions, parameters.fields], [[], []]);
    assert.deepEqual(Object.values(parameters.system_parameters), [null, null, null, null]);
    const conversation = readConversation({
      id: "c",
      name: value,
      introduction: value,
      inputs: value,
      updated_at: value,
    });
    assert.deepEqual([conversation?.name, conversation?.introduction], ["", ""]);
  }
});

test("numbers, lists and texts are taken as far as the page can draw them", () => {
  const at = (updated_at: unknown) => readConversation({ id: "c", updated_at })?.updated_at;
  // A `Date` beyond this throws when it is written.
  for (const [value, expected] of [
    [5, 5],
    [8.64e12, 8.64e12],
    [8.65e12, 0],
    [1e300, 0],
    ["5", 0],
  ])
    assert.equal(at(value), expected);
  const deep: unknown = JSON.parse(`${'{"a":'.repeat(100_000)}1${"}".repeat(100_000)}`);
  assert.deepEqual(readConversation({ id: "c", inputs: deep })?.inputs, {});
  const form = [{ json_object: { variable: "x", default: deep } }];
  assert.equal(readParameters({ user_input_form: form })?.fields[0]?.standard, null);
  assert.equal(readParameters({ suggested_questions: Array(10_000).fill("Why?") })?.suggested_questions.length, 500);
  assert.equal(readParameters({ opening_statement: "x".repeat(1e6) })?.opening_statement.length, 65_536);
});

test("what is no answer of the operation is refused", () => {
  const readers: Readonly<Record<string, (value: unknown) => unknown>> = {
    readSite,
    readInfo,
    readParameters,
    readConversation,
    readConversationPage,
    readRunPage,
    readSession,
    readLocation,
    readFileReference,
  };
  for (const [name, read] of Object.entries(readers)) {
    for (const value of NOTHING_LIKE_IT) assert.equal(read(value), null, `${name} ${JSON.stringify(value)}`);
  }
  const cases: [(value: unknown) => unknown, object][] = [
    [readInfo, { mode: "rag-pipeline" }],
    [readInfo, { mode: ["chat"] }],
    [readConversation, { id: 5 }],
    [readConversation, { id: "" }],
    [readConversationPage, { data: { 0: {} } }],
    [readSession, { signed_in: "yes", user: "alice", check_in: 5 }],
    [readSession, { signed_in: true, user: "", check_in: 5 }],
    [readSession, { signed_in: true, user: "alice", check_in: "soon" }],
    [readLocation, { location: "javascript:alert(1)" }],
    [readLocation, { location: "//evil.example/" }],
    [readLocation, { location: 5 }],
    [readFileReference, { type: "script", transfer_method: "local_file", upload_file_id: "f" }],
    [readFileReference, { type: "image", transfer_method: "local_file", url: "https://a" }],
    [readFileReference, { type: "image", transfer_method: "remote_url", upload_file_id: "f" }],
    [readFileReference, { type: "image", transfer_method: "tool_file", upload_file_id: "f" }],
  ];
  for (const [read, value] of cases) assert.equal(read(value), null, JSON.stringify(value));
});

test("messages are the oldest first, in whichever order they come", () => {
  const of = (...times: number[]) => times.map((created_at) => ({ id: `${created_at}`, created_at }));
  const cases: [object[], string[]][] = [
    [of(3, 2, 1), ["1", "2", "3"]],
    [of(1, 2, 3), ["1", "2", "3"]],
    // Within one second: as Dify sends them, the newest first.
    [
      [
        { id: "b", created_at: 1 },
        { id: "a", created_at: 1 },
      ],
      ["a", "b"],
    ],
    [of(1), ["1"]],
    [[], []],
  ];
  for (const [data, expected] of cases) {
    const page = readMessagePage({ data, has_more: false });
    assert.deepEqual(
      page?.data.map((message) => (message as { id: string }).id),
      expected,
    );
  }
});

test("a session and an address are what the gateway says", () => {
  const signedIn = {
    signed_in: true,
    user: "alice",
    name: null,
    is_admin: false,
    closed_operations: ["post_files_upload"],
    check_in: 300,
    provider_reachable: true,
  };
  assert.deepEqual(readSession({ ...signedIn, expires_in: 7 }), signedIn);
  assert.deepEqual(readSession({ ...signedIn, closed_operations: [5, "a"] }), {
    ...signedIn,
    closed_operations: ["a"],
  });
  assert.deepEqual(readSession({ signed_in: false }), { signed_in: false });
  for (const location of ["https://idp.example/end?x=1", "http://localhost:1/e/x/auth/logged-out"]) {
    assert.equal(readLocation({ location }), location);
  }
});

test("an operation that answers with something else has failed, and says which way", async () => {
  const calls: Readonly<Record<string, () => Promise<unknown>>> = {
    conversations: () => listConversations(null),
    messages: () => listMessages("c", null),
    suggested: () => suggestedAfter("m"),
    speech: () => transcribe(new Blob(["x"]), never),
    runs: () => getRuns(1, 20),
    form: () => getForm("t"),
    session: () => getSession(),
    refresh: () => refreshSession(true),
    logout: () => logOut(),
  };
  for (const [name, call] of Object.entries(calls)) {
    for (const body of ["null", '"text"', "[]", "7", "", "<!doctype html>"]) {
      answer([ok(body, "application/json")]);
      await assert.rejects(call(), { name: "ApiError", status: 200, code: "unreadable_response" }, `${name}: ${body}`);
    }
  }
  // Without icons every tool has the same one.
  answer([ok("[]", "application/json")]);
  assert.equal((await getToolIcons()).size, 0);
});

test("what is no stream of events is no answer", async () => {
  const message = { query: "q", inputs: {}, files: [], conversationId: null };
  for (const call of [() => sendMessage(message, never), () => followRun("r", never)]) {
    for (const type of ["application/json", "text/html; charset=utf-8"]) {
      answer([ok("data: {}\n\n", type)]);
      await assert.rejects(all(call()), { name: "ApiError", code: "unreadable_response" }, type);
    }
  }
});
