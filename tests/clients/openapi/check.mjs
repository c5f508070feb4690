// Makes types from an OpenAPI document, compiles the client with them, and runs it.
//
//   DOCUMENT=openapi.json OUTPUT=<empty directory> GATEWAY_URL=… TOKEN=… node check.mjs
//
// Prints what the client prints, one JSON object. Whatever the compiler says ends it.

import { spawnSync } from "node:child_process";
import { copyFile, readFile, symlink, writeFile } from "node:fs/promises";
import { createRequire } from "node:module";
import { join } from "node:path";
import process from "node:process";
import { fileURLToPath, pathToFileURL } from "node:url";

import openapi, { astToString } from "openapi-typescript";

const { DOCUMENT, OUTPUT } = process.env;
const here = (name) => fileURLToPath(new URL(name, import.meta.url));

const document = JSON.parse(await readFile(DOCUMENT, "utf8"));
await writeFile(join(OUTPUT, "api.d.ts"), astToString(await openapi(document)));
await writeFile(join(OUTPUT, "package.json"), '{"type": "module"}');
await copyFile(here("client.ts"), join(OUTPUT, "client.ts"));
await symlink(here("node_modules"), join(OUTPUT, "node_modules"));

const compiler = createRequire(import.meta.url).resolve("typescript/bin/tsc");
const options = ["--strict", "--target", "es2022", "--module", "nodenext", "--types", "node", "--skipLibCheck"];
const compiled = spawnSync(process.execPath, [compiler, ...options, "client.ts"], { cwd: OUTPUT, stdio: ["ignore", 2, 2] });
if (compiled.status !== 0) process.exit(1);
await import(pathToFileURL(join(OUTPUT, "client.js")).href);
