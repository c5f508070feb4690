// marked with renderers of our own: no HTML of an answer is HTML on the page, links lead where `addresses.ts` allows, and
// images that may not load become links.

import { Marked, type RendererObject, type Tokens } from "marked";
import { type AddressRules, imageAddress, linkAddress } from "./addresses";
import { escaped } from "./escape";
import { mathExtensions } from "./math";

/** The words before which highlighting has the language of a code block. */
export const LANGUAGE_CLASS = "language-";

/** Characters up to which a column is narrow, less narrow and wide: `column-0` to `column-3` of `Prose.css`. */
const COLUMN_LENGTHS = [8, 16, 32];

/** Markdown as an answer writes it: models and authors end a line where they want one. `streaming`: more of it may come. */
export function markdown(rules: AddressRules, streaming: boolean): Marked {
  return new Marked({
    gfm: true,
    breaks: true,
    async: false,
    renderer: renderer(rules),
    extensions: mathExtensions(streaming),
  });
}

/** The name of a language as people write it after a fence; empty where it is none. */
export function languageName(info: string | undefined): string {
  return /^[\w+#.-]{1,30}/.exec(info?.trim() ?? "")?.[0].toLowerCase() ?? "";
}

function renderer(rules: AddressRules): RendererObject {
  return {
    html: ({ text }) => escaped(text),
    code: ({ text, lang }) => {
      const language = languageName(lang);
      const name = language === "" ? "" : ` class="${LANGUAGE_CLASS}${language}"`;
      return `<pre><code${name}>${escaped(text)}\n</code></pre>`;
    },
    // The page has headings of its own above those of an answer.
    heading({ tokens, depth }) {
      const level = Math.min(depth + 2, 6);
      return `<h${level}>${this.parser.parseInline(tokens)}</h${level}>`;
    },
    link({ href, tokens }) {
      return link(linkAddress(href, rules), this.parser.parseInline(tokens));
    },
    image: ({ href, text }) => image(href, text, rules),
    checkbox: ({ checked }) => `<input type="checkbox" disabled${checked ? " checked" : ""}> `,
    table({ header, rows }) {
      const row = (cells: readonly string[]) => `<tr>${cells.join("")}</tr>`;
      const cell = (name: string, { align, tokens }: Tokens.TableCell, further: readonly string[] = []) => {
        const classes = [...(align ? [`align-${align}`] : []), ...further].join(" ");
        return `<${name}${classes && ` class="${classes}"`}>${this.parser.parseInline(tokens)}</${name}>`;
      };
      const head = header.map((each, column) => cell("th", each, [columnWidth(each, rows[0]?.[column])]));
      const body = rows.map((cells) => row(cells.map((each) => cell("td", each))));
      return `<table><thead>${row(head)}</thead><tbody>${body.join("")}</tbody></table>`;
    },
  };
}

/** The class of a column. Its head and its first row alone decide, so that no later row moves what is there already. */
function columnWidth(head: Tokens.TableCell, first: Tokens.TableCell | undefined): string {
  const length = Math.max(head.text.length, first?.text.length ?? 0);
  return `column-${COLUMN_LENGTHS.filter((most) => length > most).length}`;
}

function link(address: string | null, content: string): string {
  if (address === null) return `<span>${content}</span>`;
  return `<a href="${escaped(address)}" target="_blank" rel="noopener noreferrer">${content}</a>`;
}

function image(src: string, text: string, rules: AddressRules): string {
  const address = imageAddress(src, rules);
  const alt = escaped(text);
  if (address !== null) {
    return `<img src="${escaped(address)}" alt="${alt}" loading="lazy" referrerpolicy="no-referrer">`;
  }
  const elsewhere = linkAddress(src, rules);
  return link(elsewhere, alt || escaped(elsewhere ?? ""));
}
