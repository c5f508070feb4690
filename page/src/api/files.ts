// Sending files to the app, and what the app takes.

import { gateway } from "./document";
import { NetworkError } from "./errors";
import { safeName } from "./file-name";
import { refusalOf } from "./request";

export type FileType = "image" | "document" | "audio" | "video" | "custom";

export type TransferMethod = "local_file" | "remote_url";

/** `file_upload` of `GET /parameters`, and the rules of a file field of a form, which have the same names. */
export interface FileUpload {
  readonly enabled?: boolean;
  readonly allowed_file_types?: readonly FileType[] | null;
  /** With the dot, in any case; they count for the type `custom` alone. */
  readonly allowed_file_extensions?: readonly string[] | null;
  readonly allowed_file_upload_methods?: readonly TransferMethod[] | null;
  readonly number_limits?: number | null;
  /** What apps of older releases say instead: images alone. */
  readonly image?: {
    readonly enabled?: boolean;
    readonly number_limits?: number | null;
    readonly transfer_methods?: readonly TransferMethod[] | null;
  } | null;
}

/** `system_parameters` of `GET /parameters`, in MiB. */
export interface FileSizeLimits {
  readonly image_file_size_limit?: number;
  readonly video_file_size_limit?: number;
  readonly audio_file_size_limit?: number;
  readonly file_size_limit?: number;
}

/** A file as a message or an input names it. */
export type FileReference =
  | { readonly type: FileType; readonly transfer_method: "local_file"; readonly upload_file_id: string }
  | { readonly type: FileType; readonly transfer_method: "remote_url"; readonly url: string };

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
  const { id } = (await response.json()) as { readonly id: string };
  return id;
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
