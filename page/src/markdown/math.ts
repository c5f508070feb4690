// Where formulas are in Markdown: $…$, $$…$$, \(…\) and \[…\]. What they look like is made later (`formulas.ts`): here a
// formula is a `code` element with its TeX, which stays where it cannot be made.

import type { TokenizerAndRendererExtension, Tokens } from "marked";
import { escaped } from "./escape";

/** Class of the `code` elements that hold TeX; `display` is beside it where the formula has lines of its own. */
export const MATH_CLASS = "math";

const INLINE = [
  // Two dollars inside a line: lines of their own all the same.
  { pattern: /^\$\$(?!\$)([^$]+?)\$\$/, display: true },
  // As Pandoc reads it: no space inside the dollars, and no digit after them, so that prices are not formulas.
  { pattern: /^\$(?![\s$])((?:\\[^\n]|[^\\$\n])+?)(?<!\s)\$(?![\d$])/, display: false },
  { pattern: /^\\\(((?:(?!\n\n)[\s\S])+?)\\\)/, display: false },
  { pattern: /^\\\[((?:(?!\n\n)[\s\S])+?)\\\]/, display: true },
] as const;

const BLOCK = [/^ {0,3}\$\$([\s\S]+?)\$\$[ \t]*(?:\n+|$)/, /^ {0,3}\\\[([\s\S]+?)\\\][ \t]*(?:\n+|$)/] as const;

/** A formula that has begun on a line of its own, in an answer that is still coming. */
const BEGUN = /^ {0,3}(?:\$\$|\\\[)([\s\S]*)$/;

interface MathToken extends Tokens.Generic {
  readonly type: "blockMath" | "inlineMath";
  readonly text: string;
  readonly display: boolean;
  /** Whether its end has come. */
  readonly closed: boolean;
}

export function isBlockMath(token: Tokens.Generic): token is MathToken {
  return token.type === "blockMath";
}

/** The extensions of marked. `streaming`: what has begun reaches to the end of what has come, as an open fence does. */
export function mathExtensions(streaming: boolean): TokenizerAndRendererExtension[] {
  return [
    {
      name: "blockMath",
      level: "block",
      start: (source) => /(?:^|\n) {0,3}(?:\$\$|\\\[)/.exec(source)?.index,
      tokenizer: (source) => blockToken(source, streaming),
      renderer: render,
    },
    {
      name: "inlineMath",
      level: "inline",
      start: (source) => /\$|\\[([]/.exec(source)?.index,
      tokenizer: inlineToken,
      renderer: render,
    },
  ];
}

function blockToken(source: string, streaming: boolean): MathToken | undefined {
  for (const pattern of BLOCK) {
    const match = pattern.exec(source);
    if (match) return token("blockMath", match, true, true);
  }
  const begun = streaming ? BEGUN.exec(source) : null;
  return begun ? token("blockMath", begun, true, false) : undefined;
}

function inlineToken(source: string): MathToken | undefined {
  for (const { pattern, display } of INLINE) {
    const match = pattern.exec(source);
    if (match) return token("inlineMath", match, display, true);
  }
  return undefined;
}

function token(type: MathToken["type"], match: RegExpExecArray, display: boolean, closed: boolean): MathToken {
  return { type, raw: match[0], text: (match[1] ?? "").trim(), display, closed };
}

function render(token: Tokens.Generic): string {
  const { text, display } = token as MathToken;
  return `<code class="${MATH_CLASS}${display ? " display" : ""}">${escaped(text)}</code>`;
}
