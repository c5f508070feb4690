// What the gateway writes into the document of the page.

/** What the page needs before its first request: `PageSettings` in src/domain/src/page/document.rs. */
export interface PageSettings {
  /** The app's name. */
  readonly title: string;
  /** The address of the app's icon, where that is an image. */
  readonly icon: string | null;
  /** A sentence of the administrator's for everybody who opens the page. */
  readonly notice: string | null;
  /** Origins that images in answers may load from, besides the page's own. */
  readonly image_origins: readonly string[];
  /** Why this browser can have no session here. */
  readonly hindrance: "metadata_missing" | "several_sessions" | null;
}

/** The gateway as the document names it. */
export interface Gateway {
  /** The public URL, without a slash at its end. */
  readonly base: string;
  /** The path of the public URL, without a slash at its end: empty on a host of its own. */
  readonly basePath: string;
  /** The page token; null when nobody is signed in, or the browser did not say that it navigates (no `Sec-Fetch-*`). */
  readonly pageToken: string | null;
  readonly settings: PageSettings;
}

/** Reads the `<meta>` elements of the document. Fails where they are not the gateway's. */
export function readGateway(page: Document): Gateway {
  const base = meta(page, "gateway-base");
  const settings = meta(page, "gateway-settings");
  if (base === null || settings === null) {
    throw new Error('the document must have <meta name="gateway-base"> and <meta name="gateway-settings">');
  }
  return {
    base: base.replace(/\/$/, ""),
    basePath: new URL(base).pathname.replace(/\/$/, ""),
    pageToken: meta(page, "gateway-page"),
    settings: JSON.parse(settings) as PageSettings,
  };
}

function meta(page: Document, name: string): string | null {
  return page.querySelector<HTMLMetaElement>(`meta[name="${name}"]`)?.content || null;
}

/** The gateway that served this document. */
export const gateway = readGateway(document);
