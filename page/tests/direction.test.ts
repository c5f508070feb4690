// A long text runs as `dir="auto"` would have it, without the browser's reading all of it at every key.

import assert from "node:assert/strict";
import { test } from "node:test";
import { directionOf } from "../src/i18n/direction";

test("the first letter of a long text says which way it runs; the browser says it of a short one", () => {
  const long = " and more".repeat(1000);
  for (const [text, direction] of [
    ["", "auto"],
    ["שלום", "auto"],
    [`hello${long}`, "ltr"],
    [`שלום${long}`, "rtl"],
    [`1. «مرحبا»${long}`, "rtl"],
    [`1. "hello" שלום${long}`, "ltr"],
    ["1".repeat(100_000), "ltr"],
  ] as const) {
    assert.equal(directionOf(text), direction, text.slice(0, 20));
  }
});
