import { useMemo } from "preact/hooks";
import { markdownReader } from "../../markdown/answer";
import { Prose } from "./Prose";

interface Props {
  readonly text: string;
  /** It belongs to an answer and is not one. */
  readonly aside?: boolean;
}

/** Markdown that is complete and has no thoughts in it: of a form, or an output. */
export function MarkdownView({ text, aside }: Props) {
  const { blocks, definitions } = useMemo(() => markdownReader().read(text, true), [text]);
  return <Prose blocks={blocks} definitions={definitions} aside={aside ?? false} />;
}
