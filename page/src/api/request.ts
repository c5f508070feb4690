// Every request of the page goes through here: the address below the public URL, the page token, the errors.

import { readEvents } from "../events/reader";
import type { StreamEvent } from "../events/types";
import { gateway } from "./document";
import { ApiError, errorOf, isSessionChanged, isSessionOver, NetworkError } from "./errors";

export interface RequestOptions {
  readonly method?: "GET" | "POST" | "PATCH" | "PUT" | "DELETE";
  /** Sent as JSON. */
  readonly json?: unknown;
  /** Sent as it is; the browser sets the content type. */
  readonly body?: FormData;
  readonly signal?: AbortSignal;
  /** The request goes on when the page is left. */
  readonly keepalive?: boolean;
}

/** Told of each error that ends the session; `store/session` sets it. */
export const sessionProblems: { handler: (error: ApiError) => void } = { handler: () => {} };

/** Sends a request to a path of the gateway, such as `/parameters`. Throws `ApiError` or `NetworkError`. */
export async function request(path: string, options: RequestOptions = {}): Promise<Response> {
  const response = await send(path, options);
  if (response.ok) return response;
  throw await refusalOf(response);
}

/** The error of a response that is not a success; one that ends the session is told to `sessionProblems`. */
export async function refusalOf(response: Response): Promise<ApiError> {
  const error = await errorOf(response);
  if (isSessionOver(error) || isSessionChanged(error)) sessionProblems.handler(error);
  return error;
}

/** As `request`; the body of the response is JSON, of which `read` makes what the page uses: null where it cannot. */
export async function requestJson<T>(path: string, read: Reader<T>, options: RequestOptions = {}): Promise<T> {
  return readBody(await request(path, options), read);
}

/** Null: the value has not got the shape that it should have. */
export type Reader<T> = (body: unknown) => T | null;

/** The JSON of a response. A proxy may answer with a page of its own, a Dify of another release with another shape. */
export async function readBody<T>(response: Response, read: Reader<T>): Promise<T> {
  const value = read(await jsonOf(response));
  if (value === null) throw unreadable(response, "JSON of another shape");
  return value;
}

async function jsonOf(response: Response): Promise<unknown> {
  try {
    return await response.json();
  } catch (error) {
    if (error instanceof SyntaxError) throw unreadable(response, "no JSON");
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    // The connection has broken in mid-body.
    throw new NetworkError("no whole response", { cause: error });
  }
}

function unreadable(response: Response, what: string): ApiError {
  return new ApiError(response.status, "unreadable_response", what, null);
}

/** As `request`; the body of the response is a stream of an answer's events. */
export async function* requestEvents(path: string, options: RequestOptions): AsyncGenerator<StreamEvent> {
  const response = await request(path, options);
  const isStream = response.headers.get("Content-Type")?.startsWith("text/event-stream") ?? false;
  if (!isStream || response.body === null) throw unreadable(response, "no event stream");
  yield* readEvents(response.body);
}

async function send(path: string, options: RequestOptions): Promise<Response> {
  const headers = new Headers({ Accept: "application/json, text/event-stream" });
  if (gateway.pageToken !== null) headers.set("X-Gateway-Page", gateway.pageToken);
  if (options.json !== undefined) headers.set("Content-Type", "application/json");
  try {
    return await fetch(gateway.base + path, {
      method: options.method ?? "GET",
      headers,
      body: options.json === undefined ? (options.body ?? null) : JSON.stringify(options.json),
      signal: options.signal ?? null,
      keepalive: options.keepalive ?? false,
      credentials: "same-origin",
      // No route that the page fetches redirects: after a redirect the policy of the page would not hold.
      redirect: "error",
    });
  } catch (error) {
    if (error instanceof DOMException && error.name === "AbortError") throw error;
    throw new NetworkError("no response", { cause: error });
  }
}
