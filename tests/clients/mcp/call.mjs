// The official MCP clients for TypeScript, pointed at the gateway: what a program with the SDK gets of the app.
//
//   node call.mjs <sdk|client|client-auto> <plan as JSON>
//
// The plan has `url`, either `token` or `person` (name, password, and client_id if the provider knows the client), and
// `calls`: each a `tool` with `arguments`, which with `cancel` is cancelled as soon as there is progress. A run that takes
// longer than a call is asked for until it has ended, as a model does it.
// Prints the tools, the results with their progress, what the provider was asked for, and what has failed, as JSON.

import { Person } from "./person.mjs";

const [, , kind, json] = process.argv;
const plan = JSON.parse(json);
const info = { name: `gateway-test-${kind}`, version: "1.0.0" };

const { Client, StreamableHTTPClientTransport, UnauthorizedError } =
  kind === "sdk"
    ? {
        ...(await import("@modelcontextprotocol/sdk/client/index.js")),
        ...(await import("@modelcontextprotocol/sdk/client/streamableHttp.js")),
        ...(await import("@modelcontextprotocol/sdk/client/auth.js")),
      }
    : await import("@modelcontextprotocol/client");

async function connected(person) {
  const options = person ? { authProvider: person } : { requestInit: { headers: { Authorization: `Bearer ${plan.token}` } } };
  const connect = async () => {
    const client = new Client(info, kind === "client-auto" ? { versionNegotiation: { mode: "auto" } } : {});
    const transport = new StreamableHTTPClientTransport(new URL(plan.url), options);
    return [client, transport, await client.connect(transport).then(() => undefined, (error) => error)];
  };
  let [client, transport, error] = await connect();
  if (person && error instanceof UnauthorizedError) {
    await transport.finishAuth(kind === "sdk" ? person.callback.get("code") : person.callback);
    [client, transport, error] = await connect();
  }
  if (error) {
    throw error;
  }
  return client;
}

async function call(client, tool, args, cancel) {
  const progress = [];
  const cancelling = new AbortController();
  const onprogress = (notice) => {
    progress.push(notice.progress);
    if (cancel) {
      cancelling.abort();
    }
  };
  const options = { onprogress, signal: cancelling.signal };
  const request = { name: tool, arguments: args };
  try {
    const result = await (kind === "sdk" ? client.callTool(request, undefined, options) : client.callTool(request, options));
    const { content, structuredContent, isError = false } = result;
    return { content, structuredContent, isError, progress };
  } catch (error) {
    if (cancelling.signal.aborted) {
      return { cancelled: true, progress };
    }
    throw error;
  }
}

async function untilItHasEnded(client, { tool, arguments: args, cancel }) {
  let result = await call(client, tool, args, cancel);
  let asked = 0;
  while (result.structuredContent?.status === "running") {
    asked += 1;
    result = await call(client, "get_result", { workflow_run_id: result.structuredContent.workflow_run_id });
  }
  return { ...result, asked };
}

const person = plan.person && new Person(plan.person);
const report = { authorizations: person?.authorizations ?? [] };
try {
  const client = await connected(person);
  const { tools } = await client.listTools();
  report.tools = tools.map(({ name }) => name);
  report.results = [];
  for (const wanted of plan.calls) {
    report.results.push(await untilItHasEnded(client, wanted));
  }
  await client.close();
} catch (error) {
  report.error = `${error.name}: ${error.message}`;
}
console.log(JSON.stringify(report));
