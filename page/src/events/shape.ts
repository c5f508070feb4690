// Reads values of which nothing is known. Each function gives null (or an empty list) where the value has another shape than
// asked for, so that a release of Dify with other shapes costs a part of the answer and not the page.

import * as limits from "../limits";

export type JsonObject = Readonly<Record<string, unknown>>;

export function asObject(value: unknown): JsonObject | null {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? (value as JsonObject) : null;
}

/** A text, cut at `limit`. */
export function asText(value: unknown, limit: number = limits.SIDE_TEXT): string | null {
  return typeof value === "string" ? cut(value, limit) : null;
}

/** A name or an identifier: a text that says something. */
export function asName(value: unknown): string | null {
  return asText(value, limits.NAME) || null;
}

export function asNumber(value: unknown): number | null {
  return typeof value === "number" && Number.isFinite(value) ? value : null;
}

/** A number of things: a whole one, not negative. */
export function asCount(value: unknown): number | null {
  return typeof value === "number" && Number.isSafeInteger(value) && value >= 0 ? value : null;
}

/** The last second that a `Date` of the browser can be (ECMA-262 section 21.4.1.1). */
const LAST_SECOND = 8.64e12;

/** A point in time, in seconds since 1970. */
export function asTime(value: unknown): number | null {
  const seconds = asNumber(value);
  return seconds !== null && Math.abs(seconds) <= LAST_SECOND ? seconds : null;
}

/** A price or a number that Dify writes as text so that no digit is lost. */
export function asDecimal(value: unknown): string | null {
  if (typeof value === "number") return Number.isFinite(value) ? String(value) : null;
  return typeof value === "string" && /^-?[0-9.]{1,40}(E-?[0-9]{1,3})?$/i.test(value) ? value : null;
}

/** The entries of a list that `read` takes; of a list that is too long, the first ones. */
export function asList<T>(value: unknown, read: (entry: unknown) => T | null): readonly T[] {
  if (!Array.isArray(value)) return [];
  return value
    .slice(0, limits.ENTRIES)
    .map(read)
    .filter((entry) => entry !== null);
}

/** A page of a list, as Dify writes all of them; null where there is no list. */
export function asPage(value: unknown): { readonly data: readonly unknown[]; readonly hasMore: boolean } | null {
  const page = asObject(value);
  const data = page?.["data"];
  return Array.isArray(data) ? { data, hasMore: page?.["has_more"] === true } : null;
}

/** Cuts between characters, never inside one. */
export function cut(text: string, limit: number): string {
  if (text.length <= limit) return text;
  const code = text.charCodeAt(limit - 1);
  return text.slice(0, code >= 0xd800 && code < 0xdc00 ? limit - 1 : limit);
}

/** Inputs that the gateway fills from the token, and those of the system: the person has not written them. */
export function isHiddenInput(name: string): boolean {
  return name.startsWith("__oidc_") || name.startsWith("sys.");
}

/** An object without the inputs that are nobody's business, at any depth; null where nothing is left, or it is too large. */
export function asShownData(value: unknown, limit: number = limits.STEP_DATA): JsonObject | null {
  if (asObject(value) === null) return null;
  try {
    const json = JSON.stringify(value, (name, member: unknown) => (isHiddenInput(name) ? undefined : member));
    return json.length <= limit && json !== "{}" ? asObject(JSON.parse(json)) : null;
  } catch {
    // Nested deeper than the browser's stack.
    return null;
  }
}
