// Which images of others the page may show.

import { gateway } from "../api/document";

/**
 * Whether an image may load from this address. The address tells its server what was asked, so only the origins of the
 * administrator's are taken; the policy of the document holds the same ones.
 */
export function mayLoadImage(address: string, origins: readonly string[] = gateway.settings.image_origins): boolean {
  if (!URL.canParse(address)) return false;
  const { protocol, origin } = new URL(address);
  return (protocol === "https:" || protocol === "http:") && origins.includes(origin);
}

/** An address that a person may follow: to another host, in words that say so. */
export function isWebAddress(address: string): boolean {
  return URL.canParse(address) && /^https?:$/.test(new URL(address).protocol);
}
