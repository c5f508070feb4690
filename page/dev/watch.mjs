// `cargo xtask page --watch GATEWAY`: the page as it is in src/, in front of a gateway that runs, such as the demo's.
//
// esbuild builds again at each request for a file, and everything else goes to the gateway. Its document gets the script and
// style of this build, and this proxy's address instead of its own wherever the browser reads it. Sign in at the
// gateway's own address first: cookies belong to a host with all its ports, so the session holds here too.

import { createServer, request } from "node:http";
import { context } from "esbuild";
import { options } from "../build.mjs";

const PORT = 8899;

const gateway = new URL(process.argv[2] ?? "");
if (gateway.protocol !== "http:" || gateway.hostname !== "localhost") {
  throw new Error(`the gateway must be at http://localhost, as the demo's is; ${gateway} is not`);
}
const base = gateway.href.replace(/\/$/, "");
const here = `http://localhost:${PORT}`;
const assets = `${gateway.pathname.replace(/\/$/, "")}/assets/`;

const build = await context({ ...options, minify: false, sourcemap: "inline", write: false });

createServer((incoming, outgoing) => {
  answer(incoming, outgoing).catch((error) => {
    outgoing.writeHead(502, { "Content-Type": "text/plain; charset=utf-8" });
    outgoing.end(String(error));
  });
}).listen(PORT, "localhost", () => console.log(`open ${base.replace(gateway.origin, here)}/`));

async function answer(incoming, outgoing) {
  const name = incoming.url.startsWith(assets) ? incoming.url.slice(assets.length) : null;
  if (name === null) return forward(incoming, outgoing);
  const { outputFiles } = await build.rebuild();
  const file = outputFiles.find(({ path }) => path.endsWith(`/assets/${name}`));
  outgoing.writeHead(file ? 200 : 404, {
    "Content-Type": name.endsWith(".css") ? "text/css; charset=utf-8" : "text/javascript; charset=utf-8",
    "Cache-Control": "no-store",
  });
  outgoing.end(file?.contents);
}

function forward(incoming, outgoing) {
  const headers = { ...incoming.headers, host: gateway.host };
  // What is compressed cannot be rewritten.
  delete headers["accept-encoding"];
  if (headers.origin === here) headers.origin = gateway.origin;
  const { method, url } = incoming;
  const outward = request({ host: gateway.hostname, port: gateway.port, method, path: url, headers }, (response) => {
    const isDocument = response.headers["content-type"]?.startsWith("text/html") ?? false;
    if (isDocument) rewrite(response, outgoing);
    else response.pipe(outgoing.writeHead(response.statusCode, response.headers));
  });
  outward.on("error", (error) => outgoing.destroy(error));
  outgoing.on("close", () => outward.destroy());
  incoming.pipe(outward);
}

async function rewrite(response, outgoing) {
  const chunks = await response.toArray();
  const html = Buffer.concat(chunks)
    .toString("utf8")
    .replaceAll(gateway.origin, here)
    .replace(/ integrity="[^"]*"/g, "")
    .replace(/\/assets\/(pages?)-\w+\.(js|css)/g, "/assets/$1.$2");
  const headers = { ...response.headers };
  delete headers["content-length"];
  const policy = headers["content-security-policy"];
  if (policy) headers["content-security-policy"] = policy.replaceAll(gateway.origin, here);
  outgoing.writeHead(response.statusCode, headers).end(html);
}
