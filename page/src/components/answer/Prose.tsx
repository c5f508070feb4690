import "./Prose.css";
import { useSignal } from "@preact/signals";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { texts } from "../../i18n/texts";
import type { Block } from "../../markdown/blocks";
import { drawing, fitting } from "../../markdown/drawing";
import { finish } from "../../markdown/later";
import { nextFrame } from "../../store/frames";
import { CodeBlock } from "./CodeBlock";
import { Formula } from "./Formula";
import { holdBack } from "./hold-back";

interface Props {
  readonly blocks: readonly Block[];
  readonly definitions: string;
  /** It belongs to an answer and is not one. */
  readonly aside?: boolean;
}

/** Markdown on the screen. A block that is as it was is not drawn again. */
export function Prose({ blocks, definitions, aside }: Props) {
  const drawn = useSlices(blocks);
  return (
    <div class={aside ? "prose of-thought" : "prose"}>
      {blocks.slice(0, drawn).map((block, index) => (
        <BlockView key={index} block={block} definitions={definitions} />
      ))}
    </div>
  );
}

/** How many of the blocks are drawn in this frame: those of the frames before, and as many more as it has time for. */
function useSlices(blocks: readonly Block[]): number {
  const before = useRef(0);
  const frame = useSignal(0);
  // Reading it has the component drawn again when it changes.
  frame.value;
  const end = fitting(blocks.map(textOf), Math.min(before.current, blocks.length));
  useLayoutEffect(() => {
    before.current = end;
    return end < blocks.length
      ? nextFrame(() => {
          frame.value += 1;
        })
      : undefined;
  });
  return end;
}

function textOf(block: Block): string {
  switch (block.kind) {
    case "markdown":
      return block.source;
    case "code":
      return block.code;
    case "formula":
      return block.tex;
  }
}

function BlockView({ block, definitions }: { readonly block: Block; readonly definitions: string }) {
  // The same element again tells Preact that there is nothing to do.
  return useMemo(() => {
    switch (block.kind) {
      case "markdown":
        return <Paragraphs block={block} definitions={definitions} />;
      case "code":
        return <CodeBlock code={block.code} language={block.language} closed={block.closed} />;
      case "formula":
        return <Formula tex={block.tex} closed={block.closed} />;
    }
  }, [block, definitions]);
}

interface ParagraphsProps {
  readonly block: Extract<Block, { readonly kind: "markdown" }>;
  readonly definitions: string;
}

/** A block of text, a list, a table: elements that are made outside of Preact. */
function Paragraphs({ block, definitions }: ParagraphsProps) {
  const element = useRef<HTMLDivElement>(null);
  const draw = useMemo(drawing, []);
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    let cancel = () => {};
    const drawSlice = () => {
      const { added, isWhole } = draw(current, block, definitions);
      for (const table of current.querySelectorAll("table:not(.table > table)")) letScroll(table);
      for (const each of added) holdBack(current, finish(each));
      if (!isWhole) cancel = nextFrame(drawSlice);
    };
    drawSlice();
    return () => cancel();
  }, [block.source, definitions]);
  return <div dir="auto" ref={element} />;
}

/** A table that is wider than the page scrolls in a place of its own, which the keyboard reaches too. */
function letScroll(table: Element): void {
  const place = document.createElement("div");
  place.className = "table";
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", texts.value.table.label);
  table.replaceWith(place);
  place.append(table);
}
