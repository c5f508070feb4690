// A loopback server that passes every request on with a token, for programs that cannot send one.
//
//   TOKEN=… node with-token.mjs <URL of the MCP server>
//
// Prints its own URL of the MCP server.

import { createServer, request } from "node:http";

const upstream = new URL(process.argv[2]);
const { TOKEN } = process.env;

const server = createServer((incoming, outgoing) => {
  const headers = { ...incoming.headers, authorization: `Bearer ${TOKEN}` };
  const { hostname, port } = upstream;
  const onward = request({ hostname, port, path: incoming.url, method: incoming.method, headers }, (response) => {
    outgoing.writeHead(response.statusCode, response.headers);
    response.pipe(outgoing);
  });
  onward.on("error", () => outgoing.destroy());
  // A client that hangs up does so here too.
  outgoing.on("close", () => onward.destroy());
  incoming.pipe(onward);
});
server.listen(0, "127.0.0.1", () => {
  console.log(`http://localhost:${server.address().port}${upstream.pathname}`);
});
