// The official MCP clients, pointed at the gateway with a person's token: what a program with the SDK gets of the app.
// node call.mjs <sdk|client|client-auto> <tool> <arguments as JSON>
// Prints the tools, the result and how often progress was told, as JSON.

const [, , kind, tool, json] = process.argv;
const { GATEWAY_URL, TOKEN } = process.env;
const info = { name: `gateway-test-${kind}`, version: "1.0.0" };
const options = { requestInit: { headers: { Authorization: `Bearer ${TOKEN}` } } };

async function connected() {
  const url = new URL(`${GATEWAY_URL}/mcp`);
  if (kind === "sdk") {
    const { Client } = await import("@modelcontextprotocol/sdk/client/index.js");
    const { StreamableHTTPClientTransport } = await import("@modelcontextprotocol/sdk/client/streamableHttp.js");
    const client = new Client(info);
    await client.connect(new StreamableHTTPClientTransport(url, options));
    return client;
  }
  const { Client, StreamableHTTPClientTransport } = await import("@modelcontextprotocol/client");
  const client = new Client(info, kind === "client-auto" ? { versionNegotiation: { mode: "auto" } } : {});
  await client.connect(new StreamableHTTPClientTransport(url, options));
  return client;
}

const client = await connected();
const { tools } = await client.listTools();
let progress = 0;
const onprogress = () => {
  progress += 1;
};
const request = { name: tool, arguments: JSON.parse(json) };
const result = kind === "sdk" ? await client.callTool(request, undefined, { onprogress }) : await client.callTool(request, { onprogress });
await client.close();
const { content, structuredContent, isError = false } = result;
console.log(JSON.stringify({ tools: tools.map(({ name }) => name), content, structuredContent, isError, progress }));
