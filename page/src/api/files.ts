// Sending files to the app.

import { asName, asObject } from "../events/shape";
import { gateway } from "./document";
import { NetworkError } from "./errors";
import { safeName } from "./file-name";
import { readBody, refusalOf } from "./request";

/**
 * Uploads a file; returns its id. `onProgress` is told the share that has been sent, from 0 to 1.
 *
 * This is the one request that is not a `fetch`, which cannot tell how far an upload has come.
 */
export async function uploadFile(
  file: File,
  onProgress: (share: number) => void,
  signal: AbortSignal,
): Promise<string> {
  const response = await send(file, onProgress, signal);
  if (!response.ok) throw await refusalOf(response);
  return readBody(response, (body) => asName(asObject(body)?.["id"]));
}

function send(file: File, onProgress: (share: number) => void, signal: AbortSignal): Promise<Response> {
  return new Promise((resolve, reject) => {
    const exchange = new XMLHttpRequest();
    exchange.open("POST", `${gateway.base}/files/upload`);
    exchange.setRequestHeader("Accept", "application/json");
    if (gateway.pageToken !== null) exchange.setRequestHeader("X-Gateway-Page", gateway.pageToken);
    exchange.upload.onprogress = ({ loaded, total }) => onProgress(total > 0 ? loaded / total : 0);
    exchange.onload = () => resolve(responseOf(exchange));
    exchange.onerror = () => reject(new NetworkError("no response"));
    exchange.onabort = () => reject(new DOMException("The upload was cancelled.", "AbortError"));
    signal.addEventListener("abort", () => exchange.abort(), { once: true });
    const body = new FormData();
    body.append("file", file, safeName(file.name));
    exchange.send(body);
  });
}

function responseOf(exchange: XMLHttpRequest): Response {
  const retryAfter = exchange.getResponseHeader("Retry-After");
  return new Response(exchange.responseText, {
    status: exchange.status,
    headers: retryAfter === null ? {} : { "Retry-After": retryAfter },
  });
}
