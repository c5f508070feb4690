import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Guard } from "../src/components/Guard";
import en from "../src/i18n/en.json";
import { texts } from "../src/i18n/texts";
import { dom } from "./dom";

test("a part that cannot be drawn leaves a sentence and a way on, not an empty page", async () => {
  const told: unknown[] = [];
  Object.assign(globalThis, { reportError: (error: unknown) => told.push(error) });
  texts.value = en;
  const broken = signal(false);
  function Part() {
    if (broken.value) throw new RangeError("Invalid time value");
    return <p>drawn</p>;
  }
  const root = dom.window.document.createElement("div");
  render(
    <Guard>
      <Part />
    </Guard>,
    root,
  );
  assert.equal(root.textContent, "drawn");
  broken.value = true;
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(root.querySelector("h1")?.textContent, en.session.broken);
  assert.equal(root.querySelector("button")?.textContent, en.session.reload);
  assert.deepEqual(told.map(String), ["RangeError: Invalid time value"]);
});
