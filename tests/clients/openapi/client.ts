// What a frontend does with the gateway, typed by the document that it serves. The compiler has its part in the test: each
// `@ts-expect-error` is a mistake that the types must refuse.

import createClient from "openapi-fetch";

import type { components, paths } from "./api.js";

type Schemas = components["schemas"];

const { GATEWAY_URL, TOKEN } = process.env as { GATEWAY_URL: string; TOKEN: string };

const client = createClient<paths, "application/json">({
  baseUrl: GATEWAY_URL,
  headers: { Authorization: `Bearer ${TOKEN}` },
});

/** The data, or the error with its code. */
function good<T>(result: { data?: T; error?: Schemas["Error"] }): T {
  if (result.data === undefined) throw new Error(`${result.error?.code}: ${result.error?.message}`);
  return result.data;
}

/** The text of a stream. */
async function streamed(body: Schemas["ChatRequest"]): Promise<string> {
  const result = await client.POST("/chat-messages", { body: { ...body, response_mode: "streaming" }, parseAs: "text" });
  const frames = String(good(result)).split("\n\n");
  const lines = frames.filter((frame) => frame.startsWith("data: "));
  const events = lines.map((line) => JSON.parse(line.slice("data: ".length)) as Schemas["StreamEvent"]);
  return events.map((event) => (event.event === "message" ? event.answer : "")).join("");
}

const asked: Schemas["ChatRequest"] = { query: "hi", inputs: { q: "x" } };
const answer = good(await client.POST("/chat-messages", { body: { ...asked, response_mode: "blocking" } }));
const conversation_id = answer.conversation_id ?? "";
const path = { conversation_id };

const form = new FormData();
form.append("file", new Blob(["bytes"], { type: "text/plain" }), "note.txt");
const uploaded = await client.POST("/files/upload", { body: { file: "note.txt" }, bodySerializer: () => form });

const failed = await client.GET("/messages", { params: { query: { conversation_id: crypto.randomUUID() } } });
const code: Schemas["Error"]["code"] | undefined = failed.error?.code;

// @ts-expect-error: `user` is the gateway's.
const withUser: Schemas["ChatRequest"] = { ...asked, user: "mallory" };
// @ts-expect-error: a request without its query.
const withoutQuery: Schemas["ChatRequest"] = { inputs: {} };
// @ts-expect-error: no such operation.
const notThere: Parameters<typeof client.GET>[0] = "/chat-messages";
// @ts-expect-error: a code that the gateway does not have.
const unknownCode: Schemas["ErrorCode"] = "no_such_code";
const knownCode: Schemas["ErrorCode"] = "token_expired";
// @ts-expect-error: an event is known by its name.
const wrongEvent = (event: Schemas["StreamEvent"]) => event.event === "error" && event.answer;
void [withUser, withoutQuery, notThere, unknownCode, knownCode, wrongEvent];

console.log(
  JSON.stringify({
    whoami: good(await client.GET("/whoami")).user,
    mode: good(await client.GET("/info")).mode,
    parameters: good(await client.GET("/parameters")).user_input_form.flatMap((field) => Object.values(field).map(({ variable }) => variable)),
    blocking: answer.answer,
    streaming: await streamed({ ...asked, query: "again", conversation_id }),
    conversations: good(await client.GET("/conversations", { params: { query: { limit: 20 } } })).data.map(({ name }) => name),
    messages: good(await client.GET("/messages", { params: { query: { conversation_id } } })).data.map(({ query }) => query),
    renamed: good(await client.POST("/conversations/{conversation_id}/name", { params: { path }, body: { name: "My chat" } })).name,
    feedback: good(await client.POST("/messages/{message_id}/feedbacks", { params: { path: { message_id: answer.message_id } }, body: { rating: "like" } })).result,
    uploaded: good(uploaded).name,
    deleted: (await client.DELETE("/conversations/{conversation_id}", { params: { path } })).response.status,
    refused: code,
  }),
);
