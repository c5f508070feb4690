// Splits Markdown into blocks, so that of an answer that is coming only the last block is read and drawn again.

import { Lexer, type Marked, type Token, type Tokens } from "marked";
import { languageName } from "./marked";
import { isBlockMath } from "./math";

/** A block of an answer. It is the same object for as long as it is the same block. */
export type Block =
  | { readonly kind: "markdown"; readonly source: string }
  /** Code with fences. `closed`: it is complete, so that it can be highlighted. */
  | { readonly kind: "code"; readonly language: string; readonly code: string; readonly closed: boolean }
  /** A formula on lines of its own. */
  | { readonly kind: "formula"; readonly tex: string; readonly closed: boolean };

/** What a reader of Markdown has of an answer. */
export interface Blocks {
  readonly blocks: readonly Block[];
  /** The definitions of links (`[1]: https://…`), which may come after the links: they are read with every block. */
  readonly definitions: string;
}

/** Reads an answer again and again as it grows. */
export interface BlockReader {
  readonly read: (source: string, finished: boolean) => Blocks;
}

/** How marked reads an answer that is coming, and one that is complete. */
export interface Dialects {
  readonly streaming: Marked;
  readonly finished: Marked;
}

interface Kept extends Blocks {
  /** What the blocks are made of: `source` begins with it. */
  readonly source: string;
}

const NOTHING: Kept = { source: "", blocks: [], definitions: "" };

export function blockReader(dialects: Dialects): BlockReader {
  // Blocks that nothing that comes can change, and the last one, which it can.
  let settled = NOTHING;
  let last: Blocks = NOTHING;
  const read = (text: string, finished: boolean): Blocks => {
    const source = text.replace(/\r\n?/g, "\n");
    if (!source.startsWith(settled.source)) settled = NOTHING;
    const tokens = blockTokens(finished ? dialects.finished : dialects.streaming, source.slice(settled.source.length));
    const end = tokens.findLastIndex((token) => token.type !== "space");
    settled = extended(settled, tokens.slice(0, Math.max(end, 0)));
    const unsettled = tokens.slice(Math.max(end, 0));
    const rest = extended(settled, finished ? unsettled : unsettled.map(withoutBegunTable));
    last = kept(last, rest);
    settled = { ...settled, blocks: last.blocks.slice(0, settled.blocks.length) };
    return last;
  };
  return { read };
}

/** The blocks alone: what is inside a line is read when the block is drawn. */
function blockTokens(dialect: Marked, source: string): readonly Token[] {
  return new Lexer(dialect.defaults).blockTokens(source);
}

/** The first line of a table, and what there is of the one below it that makes it a table. */
const BEGUN_TABLE = /(?:^|\n) {0,3}\|[^\n]*(?:\n[ \t|:-]*)?$/;

/**
 * A paragraph without what may become a table: until that is known it is not shown, for a moment, as text. A table is shown
 * once its first row is complete, which decides how wide its columns are.
 */
function withoutBegunTable(token: Token): Token {
  if (token.type === "table") {
    const hasFirstRow = (token as Tokens.Table).rows.length > (token.raw.endsWith("\n") ? 0 : 1);
    return hasFirstRow ? token : { type: "space", raw: token.raw };
  }
  if (token.type !== "paragraph") return token;
  const raw = token.raw.replace(BEGUN_TABLE, "");
  return raw === "" ? { type: "space", raw } : { ...token, raw };
}

function extended(before: Kept, tokens: readonly Token[]): Kept {
  const blocks = tokens.map(blockOf).filter((block) => block !== null);
  const definitions = tokens.filter((token) => token.type === "def").map((token) => token.raw.trimEnd());
  return {
    source: before.source + tokens.map((token) => token.raw).join(""),
    blocks: blocks.length === 0 ? before.blocks : [...before.blocks, ...blocks],
    definitions: [before.definitions, ...definitions].filter((each) => each !== "").join("\n"),
  };
}

function blockOf(token: Token): Block | null {
  if (token.type === "space" || token.type === "def") return null;
  if (isBlockMath(token)) return { kind: "formula", tex: token.text, closed: token.closed };
  if (token.type === "code" && token["codeBlockStyle"] !== "indented") return codeOf(token as Tokens.Code);
  return { kind: "markdown", source: token.raw };
}

function codeOf(token: Tokens.Code): Block {
  const lines = token.raw.trimEnd().split("\n");
  const fence = /^ {0,3}([`~]{3,})/.exec(lines[0] ?? "")?.[1] ?? "```";
  const last = lines.length > 1 ? (lines.at(-1) ?? "").trim() : "";
  const closed = last.length >= fence.length && last === fence.charAt(0).repeat(last.length);
  return { kind: "code", language: languageName(token.lang), code: token.text, closed };
}

/** The blocks that are as before are the same objects as before, so that nothing is drawn again for them. */
function kept(before: Blocks, now: Blocks): Blocks {
  const blocks = now.blocks.map((block, index) => {
    const known = before.blocks[index];
    return known !== undefined && (known === block || isSame(known, block)) ? known : block;
  });
  return { blocks, definitions: now.definitions };
}

function isSame(one: Block, other: Block): boolean {
  return JSON.stringify(one) === JSON.stringify(other);
}
