import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { signal } from "@preact/signals";
import { render } from "preact";
import { Guard } from "../src/components/Guard";
import { Turns } from "../src/components/Turns";
import en from "../src/i18n/en.json";
import { texts } from "../src/i18n/texts";
import { newTurn, turns } from "../src/store/conversation";
import { NEW_TURN } from "../src/turn/state";
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

test("neither does a turn of a conversation, which has a tree of its own", async () => {
  Object.assign(globalThis, {
    reportError: () => {},
    requestAnimationFrame: (take: () => void) => setTimeout(take),
    cancelAnimationFrame: clearTimeout,
  });
  texts.value = en;
  turns.value = [newTurn("What now?")];
  const root = dom.window.document.createElement("div");
  render(
    <Guard>
      <Turns />
    </Guard>,
    root,
  );
  assert.match(root.textContent ?? "", /What now\?/);
  turns.value = [...turns.value, newTurn("And now?", { ...NEW_TURN, thoughts: null as never })];
  await new Promise((resolve) => setTimeout(resolve, 20));
  assert.equal(root.textContent, en.session.broken + en.session.reload);
});
