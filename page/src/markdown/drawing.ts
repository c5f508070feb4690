// Draws a block of Markdown, again and again as it grows. Lists and tables can be as long as an answer, so of them an item or
// a row that is as it was is neither read nor made again, and no more is made at once than a frame has time for.

import { Lexer, type Token, type Tokens } from "marked";
import { DRAWN_AT_ONCE } from "../limits";
import { DIALECTS } from "./answer";
import type { Block } from "./blocks";
import { sanitised } from "./sanitise";

type MarkdownBlock = Extract<Block, { readonly kind: "markdown" }>;

/** Draws into an element what of a block is not yet there. */
export type Drawing = (into: ParentNode, block: MarkdownBlock, definitions: string) => Drawn;

export interface Drawn {
  /** What has been made now. */
  readonly added: readonly Element[];
  /** Whether the block is all there. Otherwise draw it again in the next frame. */
  readonly isWhole: boolean;
}

/** A list or a table as its items or rows, and what is the same for all of them. */
interface Parts {
  readonly items: readonly unknown[];
  /** Items with the same text are the same. */
  readonly texts: readonly string[];
  /** What must be as it was for the items to stay. */
  readonly frame: string;
  /** The same with some of the items. */
  readonly having: (items: readonly unknown[]) => Token;
  /** Where the items are in the elements. */
  readonly place: string;
}

/** A drawing of one block. */
export function drawing(): Drawing {
  let frame = "";
  let texts: readonly string[] = [];
  let read: Read | null = null;
  return (into, block, definitions) => {
    const source = definitions === "" ? block.source : `${block.source}\n\n${definitions}\n`;
    // The next slice is of the same source.
    if (read?.source !== source) read = readBlocks(source);
    const { lexer, tokens, parts } = read;
    if (parts === null) {
      frame = "";
      into.replaceChildren(elements(lexer, tokens));
      return { added: [...into.children], isWhole: true };
    }
    const known = frame === `${parts.frame}\n${definitions}` ? sameAtStart(texts, parts.texts) : 0;
    const end = fitting(parts.texts, known);
    frame = `${parts.frame}\n${definitions}`;
    texts = parts.texts.slice(0, end);
    const added = addItems(into, parts, known, elements(lexer, [parts.having(parts.items.slice(known, end))]));
    return { added, isWhole: end === parts.items.length };
  };
}

/** A source, and what has been read of it: what is inside of lines is not, yet. */
interface Read {
  readonly source: string;
  readonly lexer: Lexer;
  readonly tokens: readonly Token[];
  readonly parts: Parts | null;
}

function readBlocks(source: string): Read {
  const lexer = new Lexer(DIALECTS.finished.defaults);
  const tokens = lexer.blockTokens(source);
  return { source, lexer, tokens, parts: partsOf(tokens) };
}

function partsOf(tokens: readonly Token[]): Parts | null {
  const [token] = tokens;
  if (token?.type === "list") {
    const list = token as Tokens.List;
    return {
      items: list.items,
      texts: list.items.map((item) => item.raw.trimEnd()),
      frame: `list ${list.ordered} ${list.start} ${list.loose}`,
      having: (items) => ({ ...list, items: items as Tokens.ListItem[] }),
      place: "ul, ol",
    };
  }
  if (token?.type === "table") {
    const table = token as Tokens.Table;
    return {
      items: table.rows,
      texts: table.rows.map((row) => row.map((cell) => cell.text).join("\n")),
      frame: table.raw.split("\n", 2).join("\n"),
      having: (rows) => ({ ...table, rows: rows as Tokens.TableCell[][] }),
      place: "tbody",
    };
  }
  return null;
}

function sameAtStart(before: readonly string[], now: readonly string[]): number {
  const other = before.findIndex((text, index) => text !== now[index]);
  return other < 0 ? before.length : other;
}

/** How many of some texts are drawn, if those before `start` are there: at least one more, where there is one. */
export function fitting(texts: readonly string[], start: number): number {
  let length = 0;
  let end = start;
  while (end < texts.length && length < DRAWN_AT_ONCE) {
    length += texts[end]?.length ?? 0;
    end += 1;
  }
  return end;
}

function addItems(into: ParentNode, { place }: Parts, known: number, fragment: DocumentFragment): readonly Element[] {
  const old = known > 0 ? into.querySelector(place) : null;
  if (old === null) {
    into.replaceChildren(fragment);
    return [...into.children];
  }
  const added = [...(fragment.querySelector(place)?.children ?? [])];
  // What stays is not touched: elements that are put back are laid out again.
  while (old.childElementCount > known) old.lastElementChild?.remove();
  old.append(...added);
  return added;
}

function elements(lexer: Lexer, tokens: readonly Token[]): DocumentFragment {
  const wanted = new Set(textsIn(tokens));
  for (const { src, tokens } of lexer.inlineQueue) if (wanted.has(tokens)) lexer.inlineTokens(src, tokens);
  return sanitised(DIALECTS.finished.parser([...tokens]), "text");
}

/** The lists into which the lexer puts what is inside of lines. */
function* textsIn(value: unknown): Generator<unknown> {
  if (Array.isArray(value)) {
    yield value;
    for (const each of value) yield* textsIn(each);
  } else if (typeof value === "object" && value !== null) {
    const { tokens, items, header, rows } = value as Record<string, unknown>;
    for (const each of [tokens, items, header, rows]) yield* textsIn(each);
  }
}
