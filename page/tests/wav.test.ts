import assert from "node:assert/strict";
import { test } from "node:test";
import { LONGEST, RATE, resample, wavOf } from "../src/audio/wav";
import { REQUEST_LIMIT } from "../src/store/file-rules";

test("a recording is a WAV of 16 bits, 16 kHz and one channel", () => {
  const bytes = new Uint8Array(wavOf(new Float32Array([0, 1, -1, 2, 0.5])));
  const view = new DataView(bytes.buffer);
  const text = (at: number) => String.fromCharCode(...bytes.slice(at, at + 4));
  assert.deepEqual([text(0), text(8), text(12), text(36)], ["RIFF", "WAVE", "fmt ", "data"]);
  assert.equal(view.getUint32(4, true), bytes.length - 8);
  assert.deepEqual([view.getUint16(20, true), view.getUint16(22, true), view.getUint16(34, true)], [1, 1, 16]);
  assert.deepEqual([view.getUint32(24, true), view.getUint32(28, true)], [16_000, 32_000]);
  assert.equal(view.getUint32(40, true), 10);
  assert.deepEqual([...new Int16Array(bytes.buffer, 44)], [0, 32767, -32768, 32767, 16384]);
});

test("another rate is brought to 16 kHz without a change of length in time", () => {
  for (const rate of [8000, 16_000, 44_100, 48_000]) {
    const second = new Float32Array(rate).fill(0.5);
    const samples = resample(second, rate);
    assert.ok(Math.abs(samples.length - RATE) <= 1, `${rate}: ${samples.length}`);
    assert.ok(
      samples.every((value) => Math.abs(value - 0.5) < 1e-6),
      `${rate}`,
    );
  }
});

test("the longest recording fits into one request", () => {
  assert.ok(44 + LONGEST * RATE * 2 < REQUEST_LIMIT);
});
