// A server for tests: it answers with what a running Dify 1.16.1 has answered, and keeps what it was asked.

import assert from "node:assert/strict";
import { readFileSync } from "node:fs";
import { BASE } from "./dom";

interface Recorded {
  readonly status: number;
  readonly type: string;
  readonly body: string;
}

/** Dify's recorded responses, by name. */
export const RESPONSES: Readonly<Record<string, Recorded>> = JSON.parse(
  readFileSync("tests/recorded/responses.json", "utf8"),
);

export interface Asked {
  readonly url: string;
  readonly options: RequestInit;
}

/** Answers the next requests with these recordings, in order; returns what is asked. */
export function answerWith(...names: readonly string[]): readonly Asked[] {
  return answer(names.map((name) => () => recorded(name)));
}

/** Answers the next requests with these, in order. */
export function answer(answers: readonly (() => Response)[]): readonly Asked[] {
  const asked: Asked[] = [];
  globalThis.fetch = async (url, options = {}) => {
    asked.push({ url: String(url), options });
    const make = answers[asked.length - 1];
    if (make === undefined) throw new Error(`nobody answers ${url}`);
    return make();
  };
  return asked;
}

export function recorded(name: string): Response {
  const response = RESPONSES[name];
  if (response === undefined) throw new Error(`${name} is not recorded`);
  // A response without content has no body at all, not an empty one.
  const body = response.status === 204 ? null : response.body;
  return new Response(body, { status: response.status, headers: { "Content-Type": response.type } });
}

/** Method, path and JSON body of the one request that was asked. */
export function requestOf(asked: readonly Asked[]): unknown[] {
  assert.equal(asked.length, 1);
  const [{ url, options }] = asked as [Asked];
  assert.ok(url.startsWith(BASE), url);
  const body = typeof options.body === "string" ? JSON.parse(options.body) : (options.body ?? null);
  return [options.method, url.slice(BASE.length), body];
}

/** A success with this body; a stream where nothing else is said. */
export function ok(body: string | Uint8Array, type = "text/event-stream; charset=utf-8"): () => Response {
  const bytes = typeof body === "string" ? new TextEncoder().encode(body) : new Uint8Array(body);
  return () => new Response(bytes, { headers: { "Content-Type": type } });
}

export async function all<T>(entries: AsyncIterable<T>): Promise<T[]> {
  const list: T[] = [];
  for await (const entry of entries) list.push(entry);
  return list;
}

/** A call, what it must ask for, and what must come of it. */
export interface Case {
  readonly answer: string;
  readonly call: () => Promise<unknown>;
  readonly asks: readonly [method: string, path: string, body: unknown];
  readonly gives: unknown;
}

export async function assertCase({ answer, call, asks, gives }: Case): Promise<void> {
  const asked = answerWith(answer);
  const value = await call();
  assert.deepEqual(requestOf(asked), asks, asks[1]);
  assert.deepEqual(value, gives, asks[1]);
}
