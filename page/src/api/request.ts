// Every request of the page goes through here: the address below the public URL, the page token, the errors.

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

/** As `request`; the body of the response is JSON of type `T`, which Dify's API and G2a promise. */
export async function requestJson<T>(path: string, options: RequestOptions = {}): Promise<T> {
  const response = await request(path, options);
  try {
    return (await response.json()) as T;
  } catch (error) {
    throw unreadable(response, error);
  }
}

/** A proxy may answer with a page of its own, and a connection may break in mid-body. */
function unreadable(response: Response, cause: unknown): unknown {
  if (cause instanceof SyntaxError) return new ApiError(response.status, "unreadable_response", "no JSON", null);
  const isAborted = cause instanceof DOMException && cause.name === "AbortError";
  return isAborted ? cause : new NetworkError("no whole response", { cause });
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
