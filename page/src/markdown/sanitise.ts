// The last check of everything that was HTML once: only these elements and attributes come onto the page. What `marked.ts`
// writes passes it unchanged; it is here for what neither of us has thought of.

import DOMPurify, { type Config } from "dompurify";

const purifier = DOMPurify(window);

const TEXT: Config = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: [
    "a blockquote br code del em h3 h4 h5 h6 hr img input li ol p pre span strong table tbody td th thead tr ul #text",
  ].flatMap((names) => names.split(" ")),
  ALLOWED_ATTR: "alt checked class disabled href loading referrerpolicy rel src start target type".split(" "),
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
};

/** Formulas; of their attributes none that loads or leads anywhere. */
const MATH: Config = {
  RETURN_DOM_FRAGMENT: true,
  USE_PROFILES: { mathMl: true },
  FORBID_ATTR: ["href", "xlink:href", "src", "style", "id", "name"],
  ALLOW_DATA_ATTR: false,
};

/** Highlighted code: nothing but coloured text. */
const CODE: Config = {
  RETURN_DOM_FRAGMENT: true,
  ALLOWED_TAGS: ["span", "#text"],
  ALLOWED_ATTR: ["class"],
  ALLOW_ARIA_ATTR: false,
  ALLOW_DATA_ATTR: false,
};

const CONFIGS = { text: TEXT, math: MATH, code: CODE } as const;

/** The elements that a piece of HTML describes, as far as `kind` may have them. */
export function sanitised(html: string, kind: keyof typeof CONFIGS): DocumentFragment {
  return purifier.sanitize(html, { ...CONFIGS[kind], RETURN_DOM_FRAGMENT: true });
}
