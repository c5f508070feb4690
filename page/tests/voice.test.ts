import "./dom";
import assert from "node:assert/strict";
import { test } from "node:test";
import { hear, playback, stopPlayback } from "../src/store/playback";

/** Sounds as far as a voice uses them; this browser plays no pieces. */
function fakeSounds() {
  const played: { src: string; paused: boolean; onended?: () => void }[] = [];
  class Sound {
    src = "";
    paused = true;
    constructor() {
      played.push(this);
    }
    async play(): Promise<void> {
      this.paused = false;
    }
    pause(): void {
      this.paused = true;
    }
  }
  const blobs: Blob[] = [];
  URL.createObjectURL = (blob) => `blob:${blobs.push(blob as Blob)}`;
  URL.revokeObjectURL = () => {};
  Object.assign(globalThis, { Audio: Sound });
  return { played, blobs };
}

test("the pieces of an answer that is spoken become one sound, and each answer begins once", async () => {
  const { played, blobs } = fakeSounds();
  hear("m", btoa("one "), false);
  assert.deepEqual(playback.value, { kind: "playing", id: "m" });
  hear("m", "?? no base64", false);
  hear("m", btoa("two"), false);
  hear("m", "", true);
  assert.deepEqual([played.length, await blobs[0]?.text(), blobs[0]?.type], [1, "one two", "audio/mpeg"]);
  played[0]?.onended?.();
  assert.deepEqual(playback.value, { kind: "silent" });
  hear("m", btoa("late"), false);
  assert.equal(played.length, 1);

  hear("n", btoa("next"), false);
  stopPlayback();
  hear("n", btoa("more"), false);
  hear("n", "", true);
  assert.deepEqual([played.length, played[1]?.paused, playback.value], [2, true, { kind: "silent" }]);
});
