// The contents of a file of an answer.

import { safeType } from "./file-types";
import { request } from "./request";

/** A copy of a file, with a type that is safe to open. */
export async function getPreview(id: string, signal: AbortSignal): Promise<Blob> {
  const response = await request(`/files/${encodeURIComponent(id)}/preview`, { signal });
  const bytes = await response.arrayBuffer();
  return new Blob([bytes], { type: safeType(response.headers.get("Content-Type")) });
}
