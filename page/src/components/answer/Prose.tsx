import "./Prose.css";
import { useLayoutEffect, useMemo, useRef } from "preact/hooks";
import { texts } from "../../i18n/texts";
import { blockElements } from "../../markdown/answer";
import type { Block } from "../../markdown/blocks";
import { finish } from "../../markdown/later";
import { CodeBlock } from "./CodeBlock";
import { Formula } from "./Formula";

interface Props {
  readonly blocks: readonly Block[];
  readonly definitions: string;
  /** It belongs to an answer and is not one. */
  readonly aside?: boolean;
}

/** Markdown on the screen. A block that is as it was is not drawn again. */
export function Prose({ blocks, definitions, aside }: Props) {
  return (
    <div class={aside ? "prose of-thought" : "prose"}>
      {blocks.map((block, index) => (
        <BlockView key={index} block={block} definitions={definitions} />
      ))}
    </div>
  );
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
  useLayoutEffect(() => {
    const { current } = element;
    if (current === null) return;
    current.replaceChildren(blockElements(block, definitions));
    for (const table of current.querySelectorAll("table")) letScroll(table);
    void finish(current);
  }, [block.source, definitions]);
  return <div dir="auto" ref={element} />;
}

/** A table that is wider than the page scrolls in a place of its own, which the keyboard reaches too. */
function letScroll(table: HTMLTableElement): void {
  const place = document.createElement("div");
  place.className = "table";
  place.tabIndex = 0;
  place.setAttribute("role", "group");
  place.setAttribute("aria-label", texts.value.table.label);
  table.replaceWith(place);
  place.append(table);
}
