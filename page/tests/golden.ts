// Compares with a file of tests/golden, which `UPDATE_GOLDEN=1 npm test` writes anew: read the difference before it is
// committed.

import assert from "node:assert/strict";
import { mkdirSync, readFileSync, writeFileSync } from "node:fs";

export function assertGolden(name: string, value: unknown): void {
  const path = `tests/golden/${name}.json`;
  const text = `${JSON.stringify(value, null, 2)}\n`;
  if (process.env["UPDATE_GOLDEN"]) {
    mkdirSync("tests/golden", { recursive: true });
    writeFileSync(path, text);
  }
  assert.deepEqual(JSON.parse(text), JSON.parse(readFileSync(path, "utf8")), name);
}
