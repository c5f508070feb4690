// Which addresses of an answer lead anywhere, and which images load. Whoever can write into a document that the app reads can
// write into an answer: an image of theirs would carry the conversation away in its address, without a click.

/** What decides: parts of the gateway's document. */
export interface AddressRules {
  /** The public URL, without a slash at its end. */
  readonly base: string;
  /** Origins that images may load from: Dify's file host and the setting `page_origins`. */
  readonly imageOrigins: readonly string[];
}

const LINKS: ReadonlySet<string> = new Set(["http:", "https:", "mailto:", "tel:"]);

/** Pictures of pixels that are in the answer itself, as tools make them. */
const INLINE_IMAGE = /^data:image\/(png|jpeg|gif|webp);base64,[A-Za-z0-9+/=]+$/;

/** The one thing below the endpoint's address that can be an image. */
const PREVIEW = /^\/files\/[0-9a-f-]{36}\/preview$/;

/**
 * The address that a link leads to; null where it must lead nowhere: a relative one, which would be one of the gateway's,
 * an operation of the gateway, and every scheme but those of pages, mail and telephones.
 */
export function linkAddress(href: string, rules: AddressRules): string | null {
  const url = absolute(href);
  if (url === null || !LINKS.has(url.protocol)) return null;
  return isBelow(url, rules.base) ? null : url.href;
}

/** The address that an image loads from; null where it may not load. */
export function imageAddress(src: string, rules: AddressRules): string | null {
  if (INLINE_IMAGE.test(src)) return src;
  const url = absolute(src);
  if (url === null || url.username !== "" || url.password !== "") return null;
  if (isBelow(url, rules.base)) return PREVIEW.test(url.href.slice(rules.base.length)) ? url.href : null;
  const isWeb = url.protocol === "https:" || url.protocol === "http:";
  return isWeb && rules.imageOrigins.includes(url.origin) ? url.href : null;
}

/** An address with a scheme of its own; the browser's parser decides, as it would at the click. */
function absolute(address: string): URL | null {
  try {
    return new URL(address);
  } catch {
    return null;
  }
}

function isBelow(url: URL, base: string): boolean {
  const own = new URL(base);
  if (url.origin !== own.origin) return false;
  const path = own.pathname.replace(/\/$/, "");
  return url.pathname === path || url.pathname.startsWith(`${path}/`);
}
