// Reads an answer: its thoughts and its blocks.

import { gateway } from "../api/document";
import type { AddressRules } from "./addresses";
import { type BlockReader, type Blocks, blockReader } from "./blocks";
import { markdown } from "./marked";
import { splitThinking } from "./thinking";

export type AnswerPart =
  | ({ readonly kind: "text" } & Blocks)
  | ({ readonly kind: "thought"; readonly finished: boolean } & Blocks);

/** Reads an answer again and again as it grows. */
export interface AnswerReader {
  /** `finished`: no more of it will come. */
  readonly read: (answer: string, finished: boolean) => readonly AnswerPart[];
}

const RULES: AddressRules = { base: gateway.base, imageOrigins: gateway.settings.image_origins };

/** Markdown as it is read on this page. */
export const DIALECTS = { streaming: markdown(RULES, true), finished: markdown(RULES, false) };

/** One reader for one answer: what it has read once it does not read again. */
export function answerReader(): AnswerReader {
  const readers: BlockReader[] = [];
  const read = (answer: string, finished: boolean): readonly AnswerPart[] =>
    splitThinking(answer, finished).map((part, index) => {
      const reader = readers[index] ?? blockReader(DIALECTS);
      readers[index] = reader;
      const isFinished = part.kind === "thought" ? part.finished : finished;
      const blocks = reader.read(part.text, isFinished);
      return part.kind === "text" ? { kind: "text", ...blocks } : { kind: "thought", finished: isFinished, ...blocks };
    });
  return { read };
}

/** A reader of Markdown in which nobody thinks aloud: an opening statement, a form, an output. */
export function markdownReader(): BlockReader {
  return blockReader(DIALECTS);
}
