// Builds the page into assets/: ES modules and styles whose names carry a hash of their contents. The same source gives the
// same bytes in any directory. `cargo xtask page` runs this, and compresses what it writes.

import { readFile, rm, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export const directory = dirname(fileURLToPath(import.meta.url));

/**
 * highlight.js has a CommonJS module in the middle of its ES modules. For it esbuild would put helpers into a file of their
 * own, which the page would load before it starts.
 */
const highlightAsModule = {
  name: "highlight-as-module",
  setup({ onLoad }) {
    onLoad({ filter: /[/\\]highlight\.js[/\\]lib[/\\]core\.js$/ }, async ({ path }) => {
      const text = await readFile(path, "utf8");
      const contents = text.replace("module.exports = highlight;", "export default highlight;");
      if (contents === text) throw new Error(`${path} does not export what this build knows`);
      return { contents };
    });
  },
};

/** What esbuild is told, by the build and by the watch mode. */
export const options = {
  absWorkingDir: directory,
  entryPoints: [
    { in: "src/main.tsx", out: "page" },
    { in: "src/styles/pages.css", out: "pages" },
  ],
  bundle: true,
  // Code that is not needed at once (a language, highlighting, formulas) is a file of its own, loaded by `import()`.
  splitting: true,
  format: "esm",
  outdir: "assets",
  charset: "utf8",
  minify: true,
  // A worklet is loaded by its address, so it is a file of its own; the script that imports it gets that address.
  loader: { ".worklet.js": "file" },
  plugins: [highlightAsModule],
  // The notices of all packages are in THIRD_PARTY.txt.
  legalComments: "none",
  // The oldest browsers that send Sec-Fetch-* and have Web Locks: without the former nobody gets a page token.
  target: ["chrome105", "firefox115", "safari16.4"],
  jsx: "automatic",
  jsxImportSource: "preact",
  logLevel: "warning",
};

async function run() {
  await rm(join(directory, "assets"), { recursive: true, force: true });
  const result = await build({
    ...options,
    entryNames: "[name]-[hash]",
    chunkNames: "[name]-[hash]",
    assetNames: "[name]-[hash]",
    metafile: true,
  });
  await writeFile(join(directory, "assets", "build.json"), JSON.stringify(await summary(result.metafile), null, 1));
}

/** What `cargo xtask page` must know of the build: which packages are in it, and what the first load consists of. */
async function summary(metafile) {
  const packages = new Set();
  for (const input of Object.keys(metafile.inputs)) {
    const name = /^node_modules\/((?:@[^/]+\/)?[^/]+)\//.exec(input)?.[1];
    if (name) packages.add(name);
  }
  const manifests = await Promise.all(
    [...packages].sort().map(async (name) => {
      const text = await readFile(join(directory, "node_modules", name, "package.json"), "utf8");
      const { version, license } = JSON.parse(text);
      return { name, version, license };
    }),
  );
  const script = Object.values(metafile.outputs).find((output) => output.entryPoint === "src/main.tsx");
  const imports = script.imports.filter((each) => each.kind === "import-statement").map((each) => each.path);
  return { packages: manifests, imports };
}

if (process.argv[1] === fileURLToPath(import.meta.url)) {
  await run();
}
