// Runs the tests that need no browser: bundles tests/**/*.test.ts as the page is bundled, and gives them to Node's runner.
// Arguments are passed on to it, such as --test-name-pattern=….

import { spawnSync } from "node:child_process";
import { readdir, rm } from "node:fs/promises";
import { join } from "node:path";
import { build } from "esbuild";
import { directory, options } from "./build.mjs";

// Inside node_modules, so that the tests find the packages.
const outdir = join(directory, "node_modules", ".tests");

await rm(outdir, { recursive: true, force: true });
await build({
  ...options,
  // In one file a test's first import runs first: the document that the page reads must be there before the page is.
  splitting: false,
  entryPoints: ["tests/**/*.test.ts", "tests/**/*.test.tsx"],
  outdir,
  outbase: "tests",
  entryNames: "[dir]/[name]",
  outExtension: { ".js": ".mjs" },
  platform: "node",
  target: "node20",
  packages: "external",
  minify: false,
  sourcemap: "inline",
  loader: { ".css": "empty" },
});
const files = (await readdir(outdir, { recursive: true })).filter((name) => name.endsWith(".test.mjs"));
if (files.length === 0) throw new Error("no test was found in tests/");
const runner = ["--enable-source-maps", "--test", ...process.argv.slice(2), ...files.map((name) => join(outdir, name))];
// The tests read their recordings relative to the folder of the page.
process.exitCode = spawnSync(process.execPath, runner, { cwd: directory, stdio: "inherit" }).status ?? 1;
