import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { nameOf, OPAQUE, previewId, safeType, shownAs } from "../src/api/file-types";
import { readToolIcons } from "../src/api/meta";
import { readRun } from "../src/api/runs";
import { formParts } from "../src/components/answer/form-parts";
import { toolName } from "../src/components/answer/ToolCalls";
import { usageParts } from "../src/components/answer/UsageLine";
import { readThought } from "../src/events/data";
import type { FormInput, Usage } from "../src/events/types";
import { counted } from "../src/i18n/texts";
import { withoutThoughts } from "../src/markdown/thinking";
import { isWebAddress, mayLoadImage } from "../src/store/images";

test("a file is shown or opened only with a type of the list; every other one is only saved", () => {
  const cases: [string | null, ReturnType<typeof shownAs>, string][] = [
    ["image/png", "image", "image/png"],
    ["Image/JPEG; charset=binary", "image", "image/jpeg"],
    ["image/webp", "image", "image/webp"],
    ["audio/mpeg", "audio", "audio/mpeg"],
    ["video/mp4", "video", "video/mp4"],
    ["application/pdf", "pdf", "application/pdf"],
    ["image/svg+xml", null, OPAQUE],
    ["text/html", null, OPAQUE],
    ["application/xhtml+xml", null, OPAQUE],
    ["text/plain", null, OPAQUE],
    ["text/xml; image/png", null, OPAQUE],
    ["audio/x y<script>", null, OPAQUE],
    ["", null, OPAQUE],
    [null, null, OPAQUE],
  ];
  for (const [type, shown, safe] of cases) {
    assert.equal(shownAs(type), shown, String(type));
    assert.equal(safeType(type), safe, String(type));
  }
});

test("a file is asked for by the id of its upload, which its signed address has", () => {
  const id = "6f1d2c3b-0000-4000-8000-000000000001";
  const signed = `https://dify.example/files/${id}/file-preview?timestamp=1&sign=x`;
  assert.equal(previewId({ id: "use", url: signed }), id);
  assert.equal(previewId({ id: "use", url: `/files/${id}/image-preview` }), id);
  assert.equal(previewId({ id: "use", url: "/files/tools/x.png" }), "use");
  assert.equal(previewId({ id: "use", url: null }), "use");
});

test("a file without a name has that of its address, where that is one", () => {
  assert.equal(nameOf({ name: "a.txt", url: "https://x/b.png" }), "a.txt");
  assert.equal(nameOf({ name: null, url: "https://x/files/tools/b.png?sign=c.d/e.f" }), "b.png");
  assert.equal(nameOf({ name: null, url: "https://x/files/1/file-preview" }), null);
  assert.equal(nameOf({ name: null, url: null }), null);
});

test("an image loads from the origins of the administrator alone, and a link leads to the web alone", () => {
  const origins = ["https://files.example"];
  assert.equal(mayLoadImage("https://files.example/a.png", origins), true);
  for (const address of [
    "https://files.example.evil/a.png",
    "https://files.example@evil/a.png",
    "http://files.example/a.png",
    "//files.example/a.png",
    "data:image/png;base64,AA",
    "javascript:alert(1)",
    "a.png",
  ]) {
    assert.equal(mayLoadImage(address, origins), false, address);
  }
  assert.equal(isWebAddress("https://x/a"), true);
  for (const address of ["javascript:alert(1)", "data:text/html,x", "blob:https://x/1", "/auth/logout", ""]) {
    assert.equal(isWebAddress(address), false, address);
  }
});

test("a form has its fields where its words say, each once, and the others at the end", () => {
  const input = (name: string): FormInput => ({ name, type: "text_input", initial: "", options: [] });
  const [a, b, c] = [input("a"), input("b"), input("c")];
  const parts = formParts("One {{#$output.b#}} two {{#$output.b#}} {{#$output.none#}}\n{{#$output.a#}}", [a, b, c]);
  assert.deepEqual(parts, ["One ", b, " two {{#$output.b#}} {{#$output.none#}}\n", a, c]);
  assert.deepEqual(formParts("", []), []);
});

test("what an answer has cost is told in the language, and not where the app tells zeros", () => {
  const usage: Usage = {
    promptTokens: 1000,
    completionTokens: 234,
    totalTokens: 1234,
    totalPrice: "0.00123",
    currency: "USD",
    latency: 2.54,
  };
  const tokens = { one: "{count} token", other: "{count} tokens" };
  assert.deepEqual(usageParts(usage, "en", tokens), ["1,234 tokens", "2.5 sec", "$0.0012"]);
  assert.deepEqual(usageParts({ ...usage, totalTokens: 1, latency: null, totalPrice: null }, "en", tokens), [
    "1 token",
  ]);
  assert.deepEqual(usageParts({ ...usage, totalTokens: 0 }, "en", tokens), []);
  assert.deepEqual(usageParts({ ...usage, latency: 12.3, currency: "points" }, "en", tokens).slice(1), [
    "12 sec",
    "0.0012 points",
  ]);
});

test("a text that says how many has the form of its language", () => {
  const steps = { one: "{count} etapa", other: "{count} etapas" };
  assert.equal(counted(steps, 1, "pt-BR"), "1 etapa");
  assert.equal(counted(steps, 1000, "pt-BR"), "1.000 etapas");
  assert.equal(counted({ one: "-", other: "{count} ステップ" }, 1, "ja"), "1 ステップ");
});

test("a tool has the name of its maker in the language of the page, or the English one, or its own", () => {
  const labels = { weather: { en_US: "Weather", zh_Hans: "天气" }, other: "odd" };
  const call = readThought({ id: "t", tool: "weather;other", tool_labels: labels });
  assert.ok(call);
  assert.equal(toolName(call, "weather", "zh-Hans"), "天气");
  assert.equal(toolName(call, "weather", "ja"), "Weather");
  assert.equal(toolName(call, "other", "en"), "other");
});

test("icons of tools are addresses or emojis; what is neither is left out", () => {
  const icons = readToolIcons({ a: "https://dify/icon", b: { content: "📊", background: "#fff" }, c: 5, d: {} });
  assert.deepEqual(
    [...icons],
    [
      ["a", { url: "https://dify/icon" }],
      ["b", { emoji: "📊" }],
    ],
  );
  assert.equal(readToolIcons("nothing").size, 0);
});

test("an entry of the list of runs is one only with the id of its run", () => {
  const run = { id: "r", status: "succeeded", elapsed_time: 0.1, total_tokens: 0 };
  assert.deepEqual(readRun({ id: "log", workflow_run: run, created_at: 1795235610 }), {
    runId: "r",
    status: "succeeded",
    elapsed: 0.1,
    createdAt: 1795235610,
  });
  for (const value of [null, {}, { workflow_run: {} }, { workflow_run: { id: 5 } }, []])
    assert.equal(readRun(value), null);
});

test("what is copied of an answer is what was said, not what was thought", () => {
  const cases: [string, string][] = [
    ["plain", "plain"],
    ["<think>\nno\n</think>\n\nyes", "yes"],
    ["one\n\n<think>no</think>\n\ntwo\n\n<think>not ended", "one\n\ntwo"],
    ["```\n<think>code</think>\n```", "```\n<think>code</think>\n```"],
  ];
  for (const [answer, expected] of cases) assert.equal(withoutThoughts(answer), expected, answer);
});
