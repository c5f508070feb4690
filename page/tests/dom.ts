// A document for tests, before anything of the page is loaded that reads it. It must be the first import of a test.

import { JSDOM } from "jsdom";

export const BASE = "https://chat.example/e/hook";

/** Origins that images may load from in these tests. */
export const IMAGE_ORIGINS = ["https://files.example"];

const settings = JSON.stringify({
  title: "App",
  icon: null,
  notice: null,
  image_origins: IMAGE_ORIGINS,
  hindrance: null,
}).replaceAll('"', "&quot;");

const HTML = `<!doctype html><html><head>
<meta name="gateway-base" content="${BASE}"><meta name="gateway-page" content="page-token">
<meta name="gateway-settings" content="${settings}"></head><body><div id="app"></div></body></html>`;

export const dom = new JSDOM(HTML, { url: `${BASE}/` });

/** Node's own would keep a test running that has ended. */
class OtherTabs extends EventTarget {
  postMessage(): void {}
}

Object.assign(globalThis, { window: dom.window, document: dom.window.document, BroadcastChannel: OtherTabs });
