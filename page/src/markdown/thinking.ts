// Splits what a model thought aloud off its answer: `<think>…</think>` at the beginning of a line, outside of code. Some
// servers of models keep the beginning for themselves, so that an answer has a lone `</think>`.

export type Part =
  | { readonly kind: "thought"; readonly text: string; readonly finished: boolean }
  | { readonly kind: "text"; readonly text: string };

const OPEN = /^[ \t]{0,3}<think>/;
const LONE_CLOSE = /^[ \t]{0,3}<\/think>/;
const CLOSE = "</think>";
const FENCE = /^ {0,3}(`{3,}|~{3,})/;

/** The parts of an answer, in order; empty ones are left out. `finished`: no more of the answer will come. */
export function splitThinking(answer: string, finished: boolean): readonly Part[] {
  const parts: Part[] = [];
  const lone = findLine(answer, LONE_CLOSE);
  const first = findLine(answer, OPEN);
  const begun = lone !== null && (first === null || lone.start < first.start) ? lone : null;
  if (begun !== null) add(parts, { kind: "thought", text: answer.slice(0, begun.start), finished: true });
  let rest = answer.slice(begun?.end ?? 0);
  for (;;) {
    const open = findLine(rest, OPEN);
    if (open === null) {
      add(parts, { kind: "text", text: finished ? rest : withoutBegun(rest, "<think>") });
      return parts;
    }
    add(parts, { kind: "text", text: rest.slice(0, open.start) });
    const close = rest.indexOf(CLOSE, open.end);
    if (close < 0) {
      const thought = rest.slice(open.end);
      add(parts, { kind: "thought", text: finished ? thought : withoutBegun(thought, CLOSE), finished });
      return parts;
    }
    add(parts, { kind: "thought", text: rest.slice(open.end, close), finished: true });
    rest = rest.slice(close + CLOSE.length);
  }
}

/** An answer without what was thought aloud: what a person copies. */
export function withoutThoughts(answer: string): string {
  const texts = splitThinking(answer, true).filter(({ kind }) => kind === "text");
  return texts.map(({ text }) => text.trim()).join("\n\n");
}

function add(parts: Part[], part: Part): void {
  // A thought that has begun is shown before it has a word; one that ended without a word never was.
  if (part.text.trim() !== "" || (part.kind === "thought" && !part.finished)) parts.push(part);
}

/** The first line outside of code that begins with a tag. */
function findLine(text: string, tag: RegExp): { readonly start: number; readonly end: number } | null {
  if (!text.includes("think>")) return null;
  let fence = "";
  for (let start = 0; start <= text.length; ) {
    const newline = text.indexOf("\n", start);
    const end = newline < 0 ? text.length : newline;
    const line = text.slice(start, end);
    const mark = FENCE.exec(line)?.[1];
    if (fence !== "") {
      if (mark?.startsWith(fence) && line.trim() === mark) fence = "";
    } else if (mark !== undefined) {
      fence = mark;
    } else {
      const match = tag.exec(line);
      if (match) return { start, end: start + match[0].length };
    }
    start = end + 1;
  }
  return null;
}

/** While an answer comes, a tag at its end may have come in part: it is not shown for a moment as text. */
function withoutBegun(text: string, tag: string): string {
  for (let length = Math.min(tag.length - 1, text.length); length > 0; length--) {
    if (text.endsWith(tag.slice(0, length))) return text.slice(0, -length);
  }
  return text;
}
