import { useMemo } from "preact/hooks";
import { answerReader } from "../../markdown/answer";
import { Prose } from "./Prose";
import { Thinking } from "./Thinking";

interface Props {
  readonly text: string;
  /** No more of it will come. */
  readonly finished: boolean;
}

/** The text of an answer, and between its parts what the model thought aloud. */
export function AnswerText({ text, finished }: Props) {
  const reader = useMemo(answerReader, []);
  return (
    <>
      {reader.read(text, finished).map((part, index) =>
        part.kind === "text" ? (
          <Prose key={index} blocks={part.blocks} definitions={part.definitions} />
        ) : (
          <Thinking key={index} finished={part.finished}>
            {() => <Prose blocks={part.blocks} definitions={part.definitions} aside />}
          </Thinking>
        ),
      )}
    </>
  );
}
