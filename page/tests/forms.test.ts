import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { copiedText, outputsOf } from "../src/components/run/output-kinds";
import { type Field, readFields } from "../src/forms/fields";
import { initialValues, inputsOf, type Problem, problemOf, type Value } from "../src/forms/values";
import { newStartForm } from "../src/store/start-form";

/** A field of the form as `GET /parameters` lists it. */
function field(kind: string, more: object = {}): Field {
  const [read] = readFields([{ [kind]: { variable: "x", label: "X", ...more } }]);
  assert.ok(read, kind);
  return read;
}

test("a form has every kind of field of Dify's, and neither those of the gateway nor those that Dify fills", () => {
  const kinds = ["text-input", "paragraph", "number", "select", "checkbox", "file", "file-list", "json_object", "json"];
  const form = [
    ...kinds.map((kind) => ({ [kind]: { variable: kind, label: kind } })),
    { "text-input": { variable: "__oidc_email", label: "e-mail", required: true } },
    { number: { variable: "sys.x", label: "x" } },
    { external_data_tool: { variable: "tool", label: "tool" } },
    { "text-input": { label: "without a variable" } },
    null,
    "odd",
  ];
  const fields = readFields(form);
  assert.deepEqual(
    fields.map(({ variable, kind }) => [variable, kind]),
    [
      ["text-input", "text"],
      ["paragraph", "paragraph"],
      ["number", "number"],
      ["select", "select"],
      ["checkbox", "checkbox"],
      ["file", "file"],
      ["file-list", "files"],
      ["json_object", "json"],
      ["json", "json"],
    ],
  );
  assert.deepEqual(readFields(undefined), []);
});

test("a field knows its rules", () => {
  assert.equal(field("text-input").limit, null);
  assert.equal(field("text-input", { max_length: 0 }).limit, null);
  assert.equal(field("text-input", { max_length: 48 }).limit, 48);
  assert.deepEqual(field("select", { options: ["a", 5, "b"] }).options, ["a", "b"]);
  assert.equal(field("file", { max_length: 5 }).upload?.number_limits, 1);
  assert.equal(field("file-list", { max_length: 5 }).upload?.number_limits, 5);
  assert.equal(field("text-input", { label: "" }).label, "x");
});

test("a form begins with the standard values of the app's author", () => {
  const cases: [string, object, Value][] = [
    ["text-input", { default: "a" }, "a"],
    ["text-input", { default: null }, ""],
    ["number", { default: 5 }, "5"],
    ["select", { default: "a", options: ["a"] }, "a"],
    ["select", { default: "gone", options: ["a"] }, ""],
    ["checkbox", { default: true }, true],
    ["checkbox", { default: "false" }, false],
    ["json_object", { default: { a: 1 } }, '{\n  "a": 1\n}'],
    ["file", { default: "x" }, []],
  ];
  for (const [kind, more, expected] of cases) {
    assert.deepEqual(initialValues([field(kind, more)]), { x: expected }, kind);
  }
});

test("what the app would not take is found before it is sent", () => {
  const cases: [string, object, Value, Problem | null][] = [
    ["text-input", { required: true }, "  ", { kind: "required" }],
    ["text-input", {}, "", null],
    ["text-input", { max_length: 2 }, "👍👍", null],
    ["paragraph", { max_length: 2 }, "👍👍👍", { kind: "tooLong", limit: 2 }],
    ["number", {}, "-1.5e3", null],
    ["number", {}, "1,5", { kind: "notNumber" }],
    ["number", {}, "Infinity", { kind: "notNumber" }],
    ["select", { options: ["a"] }, "b", { kind: "notOption" }],
    ["checkbox", { required: true }, false, null],
    ["json_object", {}, "[1]", { kind: "notJson" }],
    ["json_object", {}, "{", { kind: "notJson" }],
    ["json_object", {}, '{"a":1}', null],
    ["file", { required: true }, [], { kind: "required" }],
  ];
  for (const [kind, more, value, expected] of cases) {
    assert.deepEqual(problemOf(field(kind, more), value), expected, `${kind} ${String(value)}`);
  }
  const file = { type: "image", transfer_method: "local_file", upload_file_id: "1" } as const;
  assert.deepEqual(problemOf(field("file-list", { max_length: 1 }), [file, file]), { kind: "tooManyFiles", limit: 1 });
});

test("inputs are sent as Dify takes them, and what is empty is left out", () => {
  const file = { type: "image", transfer_method: "local_file", upload_file_id: "1" } as const;
  const cases: [string, object, Value, unknown][] = [
    ["text-input", {}, " a ", " a "],
    ["number", {}, " 5 ", 5],
    ["number", {}, "0.5", 0.5],
    // A double would round it; Dify takes the digits.
    ["number", {}, "123456789012345678901234", "123456789012345678901234"],
    ["checkbox", {}, false, false],
    ["json_object", {}, '{"a":[1]}', { a: [1] }],
    ["file", {}, [file], file],
    ["file-list", {}, [file], [file]],
    ["text-input", {}, "", undefined],
    ["file-list", {}, [], undefined],
  ];
  for (const [kind, more, value, expected] of cases) {
    assert.deepEqual(inputsOf([field(kind, more)], { x: value })["x"], expected, `${kind} ${String(value)}`);
  }
});

test("a hidden field is sent with its standard value and shown to nobody", () => {
  const fields = readFields([
    { "text-input": { variable: "shown", required: true } },
    { "text-input": { variable: "hidden", hide: true, required: true, default: "d" } },
  ]);
  const form = newStartForm(fields);
  assert.deepEqual(
    form.fields.map(({ variable }) => variable),
    ["shown"],
  );
  assert.equal(form.inputs(), null);
  assert.equal(form.attempts.value, 1);
  assert.deepEqual([...form.problems.value], [["shown", { kind: "required" }]]);
  form.set("shown", "s");
  assert.deepEqual(form.inputs(), { shown: "s", hidden: "d" });
  form.fillFrom({ shown: "of the older conversation", foreign: 1 });
  assert.deepEqual(form.inputs(), { shown: "of the older conversation", hidden: "d" });
});

test("outputs are texts, data or files, without those of the gateway", () => {
  const file = { dify_model_identity: "__dify__file__", related_id: "1", filename: "a.pdf", type: "document" };
  const outputs = outputsOf({
    text: "a",
    n: 0.5,
    no: null,
    __oidc_email: "a@b",
    list: [1],
    file,
    files: [file, file],
    none: [],
  });
  assert.deepEqual(
    outputs.map((each) => [each.name, each.kind]),
    [
      ["text", "text"],
      ["n", "text"],
      ["list", "data"],
      ["file", "files"],
      ["files", "files"],
      ["none", "data"],
    ],
  );
  assert.deepEqual(outputsOf(null), []);
  assert.equal(copiedText(outputs), JSON.stringify({ text: "a", n: "0.5", list: [1], none: [] }, null, 2));
  assert.equal(copiedText(outputsOf({ only: "**a**", __oidc_email: "a@b" })), "**a**");
  assert.equal(copiedText(outputsOf({ file })), "");
});
