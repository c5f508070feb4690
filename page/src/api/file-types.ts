// What the page does with a file, by the type that its response names. A file of an app can be anything, and the page's
// origin is the person's session: what a browser would run or draw as a document is only ever saved.

export type Shown = "image" | "audio" | "video" | "pdf";

const IMAGES = ["image/png", "image/jpeg", "image/gif", "image/webp", "image/avif", "image/bmp"];

/** What no browser takes for a document. */
export const OPAQUE = "application/octet-stream";

/** How a file of this media type is shown; null for all that are only saved. SVG is a document with scripts. */
export function shownAs(mediaType: string | null): Shown | null {
  const essence = essenceOf(mediaType);
  if (IMAGES.includes(essence)) return "image";
  if (/^audio\/[\w.+-]+$/.test(essence)) return "audio";
  if (/^video\/[\w.+-]+$/.test(essence)) return "video";
  return essence === "application/pdf" ? "pdf" : null;
}

/** The media type that a copy of the file gets. */
export function safeType(mediaType: string | null): string {
  return shownAs(mediaType) === null ? OPAQUE : essenceOf(mediaType);
}

function essenceOf(mediaType: string | null): string {
  return (mediaType ?? "").split(";")[0]?.trim().toLowerCase() ?? "";
}

/**
 * The id by which `GET /files/<id>/preview` knows a file. Events name the use of a file in a message; its own id is in the
 * signed address `…/files/<id>/file-preview`.
 */
export function previewId(file: { readonly id: string; readonly url: string | null }): string {
  return /\/files\/([0-9a-f-]{36})\/(?:file|image)-preview(?:\?|$)/i.exec(file.url ?? "")?.[1] ?? file.id;
}

/** The last part of the address of a file that has no name of its own. */
export function nameOf(file: { readonly name: string | null; readonly url: string | null }): string | null {
  if (file.name !== null) return file.name;
  const path = (file.url ?? "").split(/[?#]/)[0] ?? "";
  const last = path.slice(path.lastIndexOf("/") + 1);
  return /\.[\w]+$/.test(last) ? last : null;
}
